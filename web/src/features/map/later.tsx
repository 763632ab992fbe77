/** The map, fetched when a page shows one. */
import { lazy } from 'react';
import { learn } from '@/lib/messages.ts';
import { Later } from '@/ui/later.tsx';
import type { MapGiven } from './given.ts';
import { MapRoom } from './room.tsx';

const Fetched = lazy(async () => {
  const [{ MapView }] = await Promise.all([import('./map-view.tsx'), learn('map')]);
  return { default: MapView };
});

/** A map with what is on it, in words too. Where it cannot be fetched the page does without. */
export function MapView(given: MapGiven) {
  return (
    <Later room={<MapRoom className={given.className} />}>
      <Fetched {...given} />
    </Later>
  );
}
