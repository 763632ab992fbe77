import { getRouteApi } from '@tanstack/react-router';
import { t } from '@/lib/messages.ts';
import { Empty } from '@/ui/empty.tsx';
import { ProblemPage } from '@/ui/problem.tsx';
import { Stale } from '@/ui/stale.tsx';
import { Waiting } from '@/ui/waiting.tsx';
import { useStores } from '../stores.ts';
import { Answers } from './answers.tsx';
import { Question } from './question.tsx';

const route = getRouteApi('/operator/what-if');

/** What could be sold from a store to a door at some time, and why not. */
export function Page(): React.ReactNode {
  const asked = route.useSearch();
  const navigate = route.useNavigate();
  const { data: stores, error, refetch } = useStores();
  if (error && !stores) return <ProblemPage error={error} again={refetch} />;
  if (!stores) return <Waiting />;
  const store = stores.find((one) => one.store === asked.store);
  return (
    <>
      <h1>{t('whatIf.title')}</h1>
      <Stale error={error} />
      <p className="mt-2 max-w-prose text-muted">{t('whatIf.text')}</p>
      {stores.length === 0 ? (
        <Empty title={t('licences.none')} text={t('licences.none.text')} />
      ) : (
        <div className="mt-6 grid items-start gap-6 lg:grid-cols-[22rem_minmax(0,1fr)]">
          <Question
            key={JSON.stringify(asked)}
            asked={asked}
            stores={stores}
            // Asked by going to the address that says so.
            ask={(search) => navigate({ search })}
          />
          {store && <Answers asked={asked} store={store} />}
        </div>
      )}
    </>
  );
}
