import { useQuery } from '@tanstack/react-query';
import { reading } from '@/lib/reading.ts';
import { mapSettings } from '@/lib/settings.ts';

/** The house answers a few times in five minutes. */
const ANEW = 120_000;

/** The way along streets that is left to an order's next stop, for Google's map, read anew while it is looked at and
 * kept by nobody. Where the map is another's nobody asks for it. */
export function useRoad(order: string, wanted: boolean): string | undefined {
  const { data } = useQuery({
    ...reading('/v1/delivery/orders/{order}/route', { path: { order } }),
    enabled: () => wanted && 'google' in (mapSettings() ?? {}),
    staleTime: ANEW,
    refetchInterval: ANEW,
    gcTime: 0,
    retry: false,
  });
  return (wanted && data?.google_polyline) || undefined;
}
