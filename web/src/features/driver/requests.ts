import { useQuery } from '@tanstack/react-query';
import { clock } from '@/lib/format.ts';
import { reading } from '@/lib/reading.ts';

/** All that the driver needs to know now: asked again and again, and at once when the window comes back. */
export const me = {
  ...reading('/v1/delivery/me', {}),
  staleTime: 0,
  retry: false,
  refetchInterval: 4_000,
  refetchOnWindowFocus: 'always',
} as const;

/** The time of day at a store, once it is known where that is. */
export function useClockAt(store: string): (at: string) => string {
  const { data } = useQuery({
    ...reading('/v1/catalogue/stores/{store}', { path: { store } }),
    staleTime: Number.POSITIVE_INFINITY,
  });
  return (at) => clock(at, data?.time_zone);
}
