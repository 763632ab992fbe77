import { queryOptions, useQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import { address } from '@tipple/api';
import { t } from '@/lib/messages.ts';
import { ask } from '@/lib/network.ts';
import { ifMatch, send } from '@/lib/send.ts';
import { quiet } from '@/ui/button.ts';
import { Held } from '@/ui/held.tsx';
import { ProblemPage } from '@/ui/problem.tsx';
import { Stale } from '@/ui/stale.tsx';
import { Bar } from '@/ui/waiting.tsx';
import { type Store, StoreForm } from './store-form.tsx';

const route = getRouteApi('/operator/stores/$store');
const STORE = '/v1/catalogue/stores/{store}';

/** As an operator sees it, also when it is switched off. */
const storeOf = (store: string) => {
  const where = address(STORE, { path: { store } });
  return queryOptions({
    queryKey: [where, 'operator'],
    queryFn: ({ signal }) => ask(where, { signal }, false) as Promise<Store>,
  });
};

/** It also opens, closes and pauses, which the form has nothing to do with. */
const decided = ({ version: _, paused: __, sells: ___, open_now: ____, opens_at: _____, ...rest }: Store) =>
  rest;

/** All that is kept of a store. */
export function Page(): React.ReactNode {
  const { store } = route.useParams();
  const { data, error, refetch } = useQuery(storeOf(store));
  if (error && !data) return <ProblemPage error={error} again={refetch} />;
  if (!data) return <Bar className="h-[70vh] w-full" />;
  return (
    <>
      <p className="flex flex-wrap gap-x-4">
        <Link to="/operator/stores" className={quiet}>
          {t('stores.stores.all')}
        </Link>
        <Link to="/operator/vendors/$vendor" params={{ vendor: data.vendor }} className={quiet}>
          <bdi>{data.vendor_name}</bdi>
        </Link>
      </p>
      <h1 className="mt-2">
        <bdi>{data.name}</bdi>
      </h1>
      <Stale error={error} />
      <Held read={data} decided={decided} saved={t('stores.saved')}>
        {(held, { over, touch, done }) => (
          <StoreForm
            store={held}
            submit={t('stores.save')}
            touch={touch}
            send={(body) => send('put', STORE, { path: { store }, header: ifMatch(over.version), body })}
            sent={done}
          />
        )}
      </Held>
    </>
  );
}
