import { getRouteApi } from '@tanstack/react-router';
import type { Schema } from '@tipple/api';
import { t } from '@/lib/messages.ts';
import { quiet } from '@/ui/button.ts';
import { Empty } from '@/ui/empty.tsx';
import { ProblemPage } from '@/ui/problem.tsx';
import { More, useList } from '../list.tsx';
import { Cell, ComingRows, Row, Table } from '../table.tsx';
import { Apart } from './apart.tsx';
import { Filter } from './filter.tsx';
import { Person } from './person.tsx';
import { named } from './roles.ts';

const route = getRouteApi('/operator/users');

/** Everybody with an e-mail address. */
export function Page(): React.ReactNode {
  const { open, ...found } = route.useSearch();
  const navigate = route.useNavigate();
  // By one letter nobody is looked for.
  const name = found.name && found.name.length > 1 ? found.name : undefined;
  const list = useList('/v1/accounts/people', { query: { ...found, name, limit: 50 } });
  if (list.error && !list.items) return <ProblemPage error={list.error} again={list.again} />;
  const show = (person?: string) => navigate({ search: { ...found, open: person }, replace: true });
  return (
    <>
      <h1>{t('people.title')}</h1>
      <Filter found={found} />
      {open && list.items?.every(({ person }) => person !== open) && (
        <Apart key={open} person={open} close={() => show()} />
      )}
      {list.items?.length === 0 ? (
        <Empty title={t('people.none')} text={t('people.none.text')} />
      ) : (
        <Table
          caption={t('people.title')}
          columns={[
            { name: t('people.name') },
            { name: t('people.email') },
            { name: t('people.roles') },
            { name: t('operator.state') },
            { name: t('people.open'), hidden: true },
          ]}
        >
          {list.items?.map((one) => (
            <Line key={one.person} person={one} open={open === one.person} show={show} />
          )) ?? <ComingRows columns={5} />}
        </Table>
      )}
      <More list={list} />
    </>
  );
}

interface LineShown {
  person: Schema<'ListedPerson'>;
  open: boolean;
  show: (person?: string) => void;
}

function Line({ person, open, show }: LineShown) {
  const name = `${person.given_name} ${person.family_name}`;
  return (
    <>
      <Row>
        <Cell>
          <bdi className="font-semibold">{name}</bdi>
        </Cell>
        <Cell name={t('people.email')}>
          <bdi>{person.email}</bdi>
        </Cell>
        <Cell name={t('people.roles')}>{named(person.roles)}</Cell>
        <Cell name={t('operator.state')}>
          <span className={person.blocked_at ? 'font-medium text-danger' : ''}>
            {t(person.blocked_at ? 'people.blocked' : 'people.good')}
          </span>
        </Cell>
        <Cell>
          <button
            type="button"
            aria-expanded={open}
            onClick={() => show(open ? undefined : person.person)}
            className={`${quiet} md:-my-2.5`}
          >
            {t(open ? 'people.close' : 'people.open')} <span className="sr-only">{name}</span>
          </button>
        </Cell>
      </Row>
      {open && (
        <tr className="max-md:block">
          <td colSpan={5} className="p-3 max-md:block">
            <Person person={person} />
          </td>
        </tr>
      )}
    </>
  );
}
