import { paged } from '@/lib/paged.ts';
import { reading } from '@/lib/reading.ts';

export const storeOf = (store: string) => reading('/v1/catalogue/stores/{store}', { path: { store } });
export const rangeOf = (store: string) =>
  paged('/v1/catalogue/stores/{store}/listings', { path: { store }, query: { limit: 60 } });
