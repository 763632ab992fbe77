import { getRouteApi, Link } from '@tanstack/react-router';
import { t, word } from '@/lib/messages.ts';
import { card, secondary } from '@/ui/button.ts';
import { Empty } from '@/ui/empty.tsx';
import { ProblemPage } from '@/ui/problem.tsx';
import { Select } from '@/ui/select.tsx';
import { Bar } from '@/ui/waiting.tsx';
import { More, useList } from '../list.tsx';
import { Letter } from './letter.tsx';
import { STATES, type State } from './route.ts';

const route = getRouteApi('/operator/messages');

/** What people and stores were told; at first what never reached them. */
export function Page(): React.ReactNode {
  const { order, person, state = order || person ? 'all' : 'dead' } = route.useSearch();
  const navigate = route.useNavigate();
  const asked = state === 'all' ? undefined : state;
  const list = useList('/v1/notifications/all', { query: { state: asked, order, person, limit: 20 } });
  if (list.error && !list.items) return <ProblemPage error={list.error} again={list.again} />;
  return (
    <>
      <h1>{t('letters.title')}</h1>
      <div className="mt-4 flex flex-wrap items-center gap-x-6 gap-y-2">
        <Select
          name={t('operator.state')}
          value={state}
          choices={STATES.map((one) => [one, word('sending', one)])}
          choose={(one) => navigate({ search: (was) => ({ ...was, state: one as State }) })}
        />
        {(order || person) && (
          <>
            <p>{t(order ? 'letters.ofOrder' : 'letters.ofPerson')}</p>
            <Link to="/operator/messages" search={{ state: 'all' }} className={secondary}>
              {t('letters.everybody')}
            </Link>
          </>
        )}
      </div>
      {!list.items && <Bar className="mt-4 h-40 w-full" />}
      {list.items?.length === 0 && (
        <Empty
          title={t(state === 'dead' ? 'letters.none' : 'letters.none.such')}
          text={t(state === 'dead' ? 'letters.none.text' : 'letters.none.such.text')}
        >
          {state !== 'all' && (
            <Link to="/operator/messages" search={{ state: 'all', order, person }} className={secondary}>
              {t('letters.all')}
            </Link>
          )}
        </Empty>
      )}
      <ul className="mt-4 space-y-3">
        {list.items?.map((one) => (
          <li key={one.id} className={card}>
            <Letter letter={one} />
          </li>
        ))}
      </ul>
      <More list={list} />
    </>
  );
}
