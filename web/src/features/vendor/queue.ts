import { useQuery } from '@tanstack/react-query';
import { reading } from '@/lib/reading.ts';

/** So often it is looked whether there is something new, in milliseconds. */
const OFTEN = 5_000;

/** What a store has to accept, pack and hand out, never older than a few seconds. */
export function useQueue(store: string) {
  return useQuery({
    ...reading('/v1/orders/stores/{store}/queue', { path: { store }, query: { limit: 100 } }),
    refetchInterval: OFTEN,
    // A tablet that lies face down rings too.
    refetchIntervalInBackground: true,
    refetchOnWindowFocus: 'always',
    staleTime: OFTEN / 2,
  });
}

/** Waits for the store's yes or no. */
export const isNew = ({ state }: { state: string }) => state === 'paid';
