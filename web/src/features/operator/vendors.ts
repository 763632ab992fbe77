/** All vendors, by name. */
import { useQuery } from '@tanstack/react-query';
import type { Answer } from '@tipple/api';
import { whole } from '@/lib/whole.ts';
import { byName } from './by-name.ts';

export type Vendor = Answer<'/v1/catalogue/vendors'>['items'][number];

const vendors = {
  ...whole('/v1/catalogue/vendors', { query: {} }),
  select: byName<Vendor>,
  staleTime: 300_000,
};

export const useVendors = () => useQuery(vendors);
