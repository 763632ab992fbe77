/** Taxes and fees as the house keeps them: of a store, or of all that have none of their own. */
import { queryOptions } from '@tanstack/react-query';
import { address, type Schema } from '@tipple/api';
import { ask, Failed } from '@/lib/network.ts';

export type Tariff = Schema<'Tariff'>;
export type Current = Schema<'CurrentTariff'>;

export const TARIFF = '/v1/cart/tariffs/{store}';
/** Of all stores that have none of their own. */
export const DEFAULT = 'default';

/** `null` where there is none. */
export const tariffOf = (store: string) => {
  const where = address(TARIFF, { path: { store } });
  return queryOptions({
    queryKey: [where, 'or none'],
    queryFn: async ({ signal }) => {
      try {
        return (await ask(where, { signal })) as Current;
      } catch (error) {
        if (error instanceof Failed && error.problem.status === 404) return null;
        throw error;
      }
    },
  });
};
