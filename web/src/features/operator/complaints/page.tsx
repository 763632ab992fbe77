import { getRouteApi, Link } from '@tanstack/react-router';
import { t, word } from '@/lib/messages.ts';
import { card, secondary } from '@/ui/button.ts';
import { Empty } from '@/ui/empty.tsx';
import { ProblemPage } from '@/ui/problem.tsx';
import { Select } from '@/ui/select.tsx';
import { Bar } from '@/ui/waiting.tsx';
import { More, useList } from '../list.tsx';
import { Complaint } from './complaint.tsx';
import { STATES, type State } from './route.ts';

const route = getRouteApi('/operator/complaints');
/** So often it is looked for new ones, in milliseconds. */
const OFTEN = 60_000;

/** What customers ask money back for; at first those that wait for an answer, the oldest first. */
export function Page(): React.ReactNode {
  const { order, state = order ? 'all' : 'open' } = route.useSearch();
  const navigate = route.useNavigate();
  const asked = state === 'all' ? undefined : state;
  const list = useList('/v1/payments/complaints', { query: { state: asked, order, limit: 20 } }, OFTEN);
  if (list.error && !list.items) return <ProblemPage error={list.error} again={list.again} />;
  const waiting = state === 'open' && !order;
  return (
    <>
      <h1>{t('operator.complaints')}</h1>
      <div className="mt-4 flex flex-wrap items-center gap-x-6 gap-y-2">
        <Select
          name={t('operator.state')}
          value={state}
          choices={STATES.map((one) => [one, word('complaining', one)])}
          choose={(one) => navigate({ search: (was) => ({ ...was, state: one as State }) })}
        />
        {order && (
          <>
            <p>{t('handling.complaints.ofOrder')}</p>
            <Link to="/operator/complaints" search={{ state: 'all' }} className={secondary}>
              {t('handling.complaints.everybody')}
            </Link>
          </>
        )}
      </div>
      {list.items?.length === 0 && (
        <Empty
          title={t(waiting ? 'handling.complaints.none' : 'handling.complaints.none.such')}
          text={t(waiting ? 'handling.complaints.none.text' : 'handling.complaints.none.such.text')}
        />
      )}
      {!list.items && <Bar className="mt-4 h-32 w-full" />}
      <ul className="mt-4 grid gap-4 lg:grid-cols-2">
        {list.items?.map((one) => (
          <li key={one.complaint} className={card}>
            <Complaint complaint={one} />
          </li>
        ))}
      </ul>
      <More list={list} />
    </>
  );
}
