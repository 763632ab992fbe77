import { useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { t } from '@/lib/messages.ts';
import { ProblemPage } from '@/ui/problem.tsx';
import { Select } from '@/ui/select.tsx';
import { Stale } from '@/ui/stale.tsx';
import { Bar } from '@/ui/waiting.tsx';
import { everyStore } from '../stores.ts';
import { Standing } from './standing.tsx';
import { DEFAULT, tariffOf } from './tariff.ts';

const route = getRouteApi('/operator/tariffs');

/** Taxes, duties and fees: of one store, or of all that have none of their own. */
export function Page(): React.ReactNode {
  const { store } = route.useSearch();
  const navigate = route.useNavigate();
  const { data: stores } = useQuery(everyStore);
  const own = useQuery(tariffOf(store ?? DEFAULT));
  const common = useQuery(tariffOf(DEFAULT));
  const error = own.error ?? common.error;
  const known = own.data !== undefined && common.data !== undefined;
  return (
    <>
      <h1>{t('tariffs.title')}</h1>
      <p className="mt-2 max-w-prose text-muted">{t('tariffs.text')}</p>
      <div className="mt-4">
        <Select
          name={t('tariffs.of')}
          value={store ?? ''}
          choices={[
            ['', t('tariffs.common')],
            ...(stores ?? []).map((one): [string, string] => [one.store, one.name]),
          ]}
          choose={(one) => navigate({ search: one ? { store: one } : {} })}
        />
      </div>
      <Stale error={known ? error : null} />
      {error && !known ? (
        <ProblemPage
          error={error}
          again={() => {
            own.refetch();
            common.refetch();
          }}
        />
      ) : !known ? (
        <Bar className="mt-6 h-[60vh] w-full" />
      ) : (
        <Standing
          key={store}
          store={store}
          own={own.data ?? undefined}
          common={common.data ?? undefined}
          currency={stores?.find((one) => one.store === store)?.currency}
        />
      )}
    </>
  );
}
