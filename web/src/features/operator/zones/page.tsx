import { queryOptions, useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { address } from '@tipple/api';
import { Editor, type Store } from '@/features/zone/editor.tsx';
import { t } from '@/lib/messages.ts';
import { ask } from '@/lib/network.ts';
import { Empty } from '@/ui/empty.tsx';
import { Held } from '@/ui/held.tsx';
import { ProblemPage } from '@/ui/problem.tsx';
import { Select } from '@/ui/select.tsx';
import { Stale } from '@/ui/stale.tsx';
import { Bar } from '@/ui/waiting.tsx';
import { useStores } from '../stores.ts';

const route = getRouteApi('/operator/zones');

/** As it is now, not as it was a moment ago for everybody: a version is sent along with what is changed. */
const storeNow = (store: string) => {
  const where = address('/v1/catalogue/stores/{store}', { path: { store } });
  return queryOptions({
    queryKey: [where, 'now'],
    queryFn: ({ signal }) => ask(where, { signal }, false) as Promise<Store>,
  });
};

/** Where each store delivers. */
export function Page(): React.ReactNode {
  const { data: stores, error, refetch } = useStores();
  const navigate = route.useNavigate();
  const { store = stores?.[0]?.store } = route.useSearch();
  if (error && !stores) return <ProblemPage error={error} again={refetch} />;
  return (
    <>
      <h1>{t('zones.title')}</h1>
      <p className="mt-2 mb-4 max-w-prose text-muted">{t('zones.text')}</p>
      {!stores && <Bar className="h-11 w-72" />}
      {stores?.length === 0 && <Empty title={t('zones.none')} text={t('zones.none.text')} />}
      {stores && store && (
        <>
          <Select
            name={t('operator.store')}
            value={store}
            choices={stores.map((one) => [one.store, one.name] as const)}
            choose={(next) => void navigate({ search: { store: next } })}
          />
          <One key={store} store={store} />
        </>
      )}
    </>
  );
}

function One({ store }: { store: string }) {
  const { data, error, refetch } = useQuery(storeNow(store));
  if (error && !data) return <ProblemPage error={error} again={refetch} />;
  if (!data) return <Bar className="mt-4 h-128 w-full" />;
  return (
    <>
      <Stale error={error} />
      <Held read={data} decided={({ zone }) => zone} saved={t('zones.saved')}>
        {(held, hands) => <Editor store={held} {...hands} />}
      </Held>
    </>
  );
}
