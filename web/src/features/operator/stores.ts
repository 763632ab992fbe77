/** All stores that sell at present, by name. */
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

export const useStores = () => useQuery(stores);
