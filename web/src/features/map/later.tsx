/** The map, fetched when a page shows one. */
import { part } from '@/lib/lazily.ts';
import { Later } from '@/ui/later.tsx';
import type { MapGiven } from './given.ts';
import { MapRoom } from './room.tsx';

const Fetched = part<MapGiven>(async () => ({ Page: (await import('./map-view.tsx')).MapView }), 'map');

/** A map with what is on it, in words too. */
export function MapView(given: MapGiven) {
  return (
    <Later room={<MapRoom className={given.className} />}>
      <Fetched {...given} />
    </Later>
  );
}
