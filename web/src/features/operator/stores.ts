/** Stores by name. */
import { useQuery } from '@tanstack/react-query';
import type { Answer } from '@tipple/api';
import { whole } from '@/lib/whole.ts';
import { byName } from './by-name.ts';

export type Store = Answer<'/v1/catalogue/stores'>['items'][number];

const stores = {
  ...whole('/v1/catalogue/stores', { query: {} }),
  select: byName<Store>,
  // They come and go by the week.
  staleTime: 300_000,
};

/** Those that sell at present. */
export const useStores = () => useQuery(stores);

/** Also those that are switched off. */
export const everyStore = {
  ...whole('/v1/catalogue/stores', { query: { active: 'any' } }),
  select: byName<Store>,
  staleTime: 300_000,
};
