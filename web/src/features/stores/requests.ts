import { paged } from '@/lib/paged.ts';

export const LIMIT = 60;
export const all = paged('/v1/catalogue/stores', { query: { limit: LIMIT } });
