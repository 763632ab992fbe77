import type { Schema } from '@tipple/api';
import { MapView } from '@/features/map/later.tsx';
import { metresBetween } from '@/features/map/projection.ts';
import { useRoad } from '@/features/map/road.ts';
import { distance } from '@/lib/format.ts';
import { t } from '@/lib/messages.ts';
import { useLastKnown } from './pings.ts';

interface Shown {
  order: string;
  kind: 'store' | 'door';
  name: string;
  address: string;
  place: Schema<'Place'>;
}

/** Where the stop is, and where the driver is, as this phone knows. */
export function Way({ order, kind, name, address, place }: Shown) {
  const here = useLastKnown();
  const road = useRoad(order, here !== undefined);
  const left = here && t('driver.way.left', { distance: distance(metresBetween(here, place)) });
  // For fingers in the rain: larger than elsewhere.
  return (
    <div className="[&_button]:size-14 [&_summary]:min-h-14 [&_summary]:py-4">
      <MapView
        label={t('driver.way')}
        pins={[
          { key: kind, kind, label: name, place, note: address },
          ...(here
            ? [{ key: 'driver', kind: 'driver' as const, label: t('driver.way.here'), place: here }]
            : []),
        ]}
        lines={here && left ? [{ key: 'way', label: left, through: [here, place], road, tone: 'info' }] : []}
        news={left}
        className="mt-4"
      />
    </div>
  );
}
