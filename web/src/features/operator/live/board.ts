/** What is under way, asked for anew every quarter of a minute while somebody looks; what presses most comes first. */
import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import type { Schema } from '@tipple/api';
import { paged } from '@/lib/paged.ts';
import { whole } from '@/lib/whole.ts';

export type Order = Schema<'OrderSummary'>;
export type Load = Schema<'StoreLoad'>;

const OFTEN = 15_000;
const polled = { refetchInterval: OFTEN, refetchOnWindowFocus: 'always', staleTime: OFTEN / 2 } as const;
/** So many of each are shown at first. */
const LIMIT = 50;

export function useBoard(store?: string) {
  const here = store ? { store } : {};
  const late = useInfiniteQuery({
    ...paged('/v1/delivery/jobs', { query: { late: true, ...here, limit: LIMIT } }),
    ...polled,
  });
  const unanswered = useStage('unanswered', here);
  const inStore = useStage('in_store', here);
  const withDriver = useStage('with_driver', here);
  const loads = useQuery({ ...whole('/v1/orders/under-way/stores', { query: {} }), ...polled });
  const drivers = useQuery({ ...whole('/v1/delivery/drivers', { query: {} }), ...polled });
  const stages = [unanswered, inStore, withDriver];
  const all = [...stages, late, loads, drivers];
  const known = all.every(({ data }) => data);
  return {
    late,
    stages: { unanswered, in_store: inStore, with_driver: withDriver },
    /** Those of them that have been read. */
    orders: known ? stages.flatMap(({ data }) => data?.pages.flatMap(({ items }) => items) ?? []) : undefined,
    loads: known ? loads.data : undefined,
    drivers: known ? drivers.data : undefined,
    error: all.find(({ error, isFetchNextPageError }: Listed) => error && !isFetchNextPageError)?.error,
    /** How old what is shown is at most. */
    asOf: Math.min(...all.map(({ dataUpdatedAt }) => dataUpdatedAt)),
    again: () => {
      for (const one of all) one.refetch();
    },
  };
}

interface Listed {
  error: Error | null;
  /** Said below the list itself. */
  isFetchNextPageError?: boolean;
}

type Stage = Exclude<keyof Load, 'store'>;

function useStage(stage: Stage, here: { store?: string }) {
  return useInfiniteQuery({
    ...paged('/v1/orders/under-way', { query: { stage, ...here, limit: LIMIT } }),
    ...polled,
  });
}
