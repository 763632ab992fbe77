/** What is under way, asked for anew every quarter of a minute while somebody looks. */
import { useQueries, useQuery } from '@tanstack/react-query';
import type { Schema } from '@tipple/api';
import { reading } from '@/lib/reading.ts';

export type Order = Schema<'OrderSummary'>;

const OFTEN = 15_000;
const polled = { refetchInterval: OFTEN, refetchOnWindowFocus: 'always', staleTime: OFTEN / 2 } as const;
/** Where orders stand that somebody has to do something about. */
const LIVE = ['paid', 'accepted', 'packed', 'out_for_delivery', 'returning'] as const;

export function useBoard() {
  const found = useQueries({
    queries: LIVE.map((state) => ({
      ...reading('/v1/orders/all', { query: { state, limit: 100 } }),
      ...polled,
    })),
  });
  const late = useQuery({
    ...reading('/v1/delivery/jobs', { query: { late: true, limit: 100 } }),
    ...polled,
  });
  const drivers = useQuery({ ...reading('/v1/delivery/drivers', { query: { limit: 100 } }), ...polled });
  const all = [...found, late, drivers];
  const whole = all.every(({ data }) => data);
  return {
    orders: whole ? found.flatMap(({ data }) => data?.items ?? []) : undefined,
    late: whole ? late.data?.items : undefined,
    drivers: whole ? drivers.data?.items : undefined,
    /** There are more than one look shows. */
    more: all.some(({ data }) => data?.next),
    error: all.find(({ error }) => error)?.error,
    /** How old what is shown is at most. */
    asOf: Math.min(...all.map(({ dataUpdatedAt }) => dataUpdatedAt)),
    again: () => {
      for (const one of all) one.refetch();
    },
  };
}
