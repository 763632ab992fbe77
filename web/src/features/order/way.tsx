import type { Schema } from '@tipple/api';
import { MapView } from '@/features/map/later.tsx';
import { metresBetween } from '@/features/map/projection.ts';
import { useRoad } from '@/features/map/road.ts';
import { clock, distance } from '@/lib/format.ts';
import { t } from '@/lib/messages.ts';

interface Shown {
  order: Schema<'OrderView'>;
  delivery?: Schema<'Delivery'>;
}

/** Where it comes from, where it is, and where it goes. */
export function Way({ order: { order, store, destination }, delivery }: Shown) {
  const driver = delivery?.driver_at;
  const road = useRoad(order, driver != null);
  const name = delivery?.driver_name ?? t('order.map.driver');
  const far = driver && distance(metresBetween(driver.place, destination.place));
  const news =
    driver && far ? t('order.map.far', { distance: far, time: clock(driver.at, store.time_zone) }) : '';
  const [from, label] = driver ? [driver.place, t('order.map.rest')] : [store.place, t('order.map.whole')];
  return (
    <MapView
      label={t('order.map')}
      pins={[
        { key: 'store', kind: 'store', label: store.name, place: store.place, note: store.address },
        {
          key: 'door',
          kind: 'door',
          label: t('order.map.door'),
          place: destination.place,
          note: destination.address,
        },
        ...(driver
          ? [{ key: 'driver', kind: 'driver' as const, label: name, place: driver.place, note: news }]
          : []),
      ]}
      lines={[
        { key: 'way', label, through: [from, destination.place], road, tone: driver ? 'info' : 'brand' },
      ]}
      news={news && t('order.map.news', { driver: name, news })}
    />
  );
}
