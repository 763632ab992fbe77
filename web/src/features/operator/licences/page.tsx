import { getRouteApi, Link } from '@tanstack/react-router';
import { useState } from 'react';
import { day } from '@/lib/format.ts';
import { t, word } from '@/lib/messages.ts';
import { quiet, secondary } from '@/ui/button.ts';
import { Empty } from '@/ui/empty.tsx';
import { ProblemPage } from '@/ui/problem.tsx';
import { Select } from '@/ui/select.tsx';
import { Stale } from '@/ui/stale.tsx';
import { Cell, ComingRows, Row, Table } from '../table.tsx';
import { Change } from './change.tsx';
import { type Licensed, useLicences } from './licences.ts';

const route = getRouteApi('/operator/licences');

/** What lets each store sell, what ends soon first. */
export function Page(): React.ReactNode {
  const { show } = route.useSearch();
  const navigate = route.useNavigate();
  const { all, error, again } = useLicences();
  if (error && !all) return <ProblemPage error={error} again={again} />;
  const shown = all?.filter(({ standing }) => !show || standing !== 'good');
  return (
    <>
      <h1>{t('licences.title')}</h1>
      <Stale error={error} />
      <div className="mt-4">
        <Select
          name={t('licences.show')}
          value={show ?? ''}
          choices={[
            ['', t('licences.show.all')],
            ['pressing', t('licences.show.pressing')],
          ]}
          choose={(one) => navigate({ search: one ? { show: 'pressing' } : {} })}
        />
      </div>
      {shown?.length === 0 ? (
        <Empty
          title={t(show ? 'licences.good' : 'licences.none')}
          text={t(show ? 'licences.good.text' : 'licences.none.text')}
        >
          {show && (
            <Link to="/operator/licences" className={secondary}>
              {t('licences.show.all')}
            </Link>
          )}
        </Empty>
      ) : (
        <Table
          caption={t('licences.title')}
          columns={[
            { name: t('operator.store') },
            { name: t('licences.number') },
            { name: t('licences.classes') },
            { name: t('licences.until') },
            { name: t('operator.state') },
            { name: t('licences.change'), hidden: true },
          ]}
        >
          {shown?.map((one) => <Line key={one.store.store} licensed={one} />) ?? <ComingRows columns={6} />}
        </Table>
      )}
    </>
  );
}

const COLOURS = {
  none: 'text-danger',
  suspended: 'text-danger',
  over: 'text-danger',
  soon: 'text-warn',
  good: '',
};

function Line({ licensed }: { licensed: Licensed }) {
  const [open, setOpen] = useState(false);
  const { store, licence, standing } = licensed;
  return (
    <>
      <Row>
        <Cell>
          <span className="font-semibold">{store.name}</span>
        </Cell>
        <Cell name={t('licences.number')}>
          <bdi>{licence?.number ?? '–'}</bdi>
        </Cell>
        <Cell name={t('licences.classes')}>
          {licence?.classes.map((one) => word('class', one)).join(', ') ?? '–'}
        </Cell>
        <Cell name={t('licences.until')}>{licence ? day(licence.valid_until) : '–'}</Cell>
        <Cell name={t('operator.state')}>
          <span className={`font-medium ${COLOURS[standing]}`}>{word('licensed', standing)}</span>
        </Cell>
        <Cell>
          {!open && (
            <button type="button" onClick={() => setOpen(true)} className={`${quiet} md:-my-2.5`}>
              {t(licence ? 'licences.change' : 'licences.add')} <span className="sr-only">{store.name}</span>
            </button>
          )}
        </Cell>
      </Row>
      {open && (
        <tr className="max-md:block">
          <td colSpan={6} className="p-3 max-md:block">
            <Change licensed={licensed} close={() => setOpen(false)} />
          </td>
        </tr>
      )}
    </>
  );
}
