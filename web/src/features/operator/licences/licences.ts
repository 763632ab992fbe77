/** Every store with its licence, the one first whose licence ends first. */
import { queryOptions, useQueries } from '@tanstack/react-query';
import type { Schema } from '@tipple/api';
import { address } from '@tipple/api';
import { ask, Failed } from '@/lib/network.ts';
import { byTheHouse } from '@/lib/session.ts';
import { type Store, useStores } from '../stores.ts';

/** From so many days before its end on it is time to renew one. */
const SOON = 60;

export interface Licensed {
  store: Store;
  /** None where the store has none. */
  licence: Schema<'LicenceView'> | null;
  standing: 'none' | 'suspended' | 'over' | 'soon' | 'good';
}

const licenceOf = (store: string) => {
  const where = address('/v1/compliance/licences/{store}', { path: { store } });
  return queryOptions({
    queryKey: [where, 'or none'],
    queryFn: async ({ signal }) => {
      try {
        return (await ask(where, { signal })) as Schema<'LicenceView'>;
      } catch (error) {
        if (error instanceof Failed && error.problem.status === 404) return null;
        throw error;
      }
    },
  });
};

export function useLicences() {
  const stores = useStores();
  const found = useQueries({ queries: (stores.data ?? []).map(({ store }) => licenceOf(store)) });
  const whole = stores.data && found.every(({ data }) => data !== undefined);
  return {
    all: whole
      ? stores.data
          .map((store, place) => licensed(store, found[place]?.data ?? null))
          .sort((a, b) => (a.licence?.valid_until ?? '').localeCompare(b.licence?.valid_until ?? ''))
      : undefined,
    error: stores.error ?? found.find(({ error }) => error)?.error,
    again: () => {
      stores.refetch();
      for (const one of found) one.refetch();
    },
  };
}

function licensed(store: Store, licence: Licensed['licence']): Licensed {
  if (!licence) return { store, licence, standing: 'none' };
  const today = dayIn(store.time_zone, 0);
  const { suspended, valid_until: until } = licence;
  const soon = until < dayIn(store.time_zone, SOON) ? 'soon' : 'good';
  return { store, licence, standing: suspended ? 'suspended' : until < today ? 'over' : soon };
}

/** The day of the calendar there, so many days from now. */
function dayIn(timeZone: string, days: number): string {
  const at = new Date(byTheHouse() + days * 86_400_000);
  return new Intl.DateTimeFormat('en-CA', { timeZone, dateStyle: 'short' }).format(at);
}
