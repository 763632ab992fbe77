/** The map, fetched when a page shows one. */
import { lazy, Suspense } from 'react';
import { learn } from '@/lib/messages.ts';
import { Fails } from './fails.tsx';
import { FRAME, type MapGiven } from './given.ts';

const Fetched = lazy(async () => {
  const [{ MapView }] = await Promise.all([import('./map-view.tsx'), learn('map')]);
  return { default: MapView };
});

/** A map with what is on it, in words too. Where it cannot be fetched the page does without. */
export function MapView(given: MapGiven) {
  const room = (
    <div>
      <div className={`${FRAME} ${given.className ?? ''}`} />
      <div className="h-11" />
    </div>
  );
  return (
    <Fails instead={null}>
      <Suspense fallback={room}>
        <Fetched {...given} />
      </Suspense>
    </Fails>
  );
}
