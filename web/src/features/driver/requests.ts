import { reading } from '@/lib/reading.ts';

/** All that the driver needs to know now: asked again and again, and at once when the window comes back. */
export const me = {
  ...reading('/v1/delivery/me', {}),
  staleTime: 0,
  retry: false,
  refetchInterval: 4_000,
  refetchOnWindowFocus: 'always',
} as const;
