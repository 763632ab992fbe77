/** Every store with its licence, the one first whose licence ends first. */
import { useQuery } from '@tanstack/react-query';
import type { Schema } from '@tipple/api';
import { shifted, today } from '@/lib/days.ts';
import { whole } from '@/lib/whole.ts';
import { type Store, useStores } from '../stores.ts';

/** From so many days before its end on it is time to renew one. */
const SOON = 60;

export interface Licensed {
  store: Store;
  licence?: Schema<'LicenceView'>;
  standing: 'none' | 'suspended' | 'over' | 'soon' | 'good';
}

export function useLicences() {
  const stores = useStores();
  const licences = useQuery(whole('/v1/compliance/licences', { query: {} }));
  const byStore = licences.data && new Map(licences.data.map((one) => [one.store, one]));
  return {
    all:
      byStore &&
      stores.data
        ?.map((store) => licensed(store, byStore.get(store.store)))
        .sort((a, b) => (a.licence?.valid_until ?? '').localeCompare(b.licence?.valid_until ?? '')),
    error: stores.error ?? licences.error,
    again: () => {
      stores.refetch();
      licences.refetch();
    },
  };
}

function licensed(store: Store, licence: Licensed['licence']): Licensed {
  if (!licence) return { store, standing: 'none' };
  const { suspended, valid_until: until } = licence;
  const now = today(store.time_zone);
  const soon = until < shifted(now, SOON) ? 'soon' : 'good';
  return { store, licence, standing: suspended ? 'suspended' : until < now ? 'over' : soon };
}
