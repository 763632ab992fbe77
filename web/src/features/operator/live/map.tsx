import { useQueries, useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import type { Schema } from '@tipple/api';
import { MapView } from '@/features/map/later.tsx';
import type { Pin } from '@/features/map/shown.ts';
import { number } from '@/lib/format.ts';
import { t, word } from '@/lib/messages.ts';
import { reading } from '@/lib/reading.ts';
import { Bar } from '@/ui/waiting.tsx';
import { everyStore, type Store } from '../stores.ts';
import { ago } from './ago.ts';
import type { Load, Order } from './board.ts';

type Job = Schema<'JobSummary'>;
type Driver = Schema<'DriverAtWork'>;

/** A list of orders does not say where their doors are, so only those of the first late ones are asked for. */
const DOORS = 10;

interface Shown {
  /** How much stores have to do. */
  loads?: Load[];
  /** Those that have been read, for what they are called. */
  orders?: Order[];
  late?: Job[];
  drivers?: Driver[];
}

/** Where it is: stores with something to do, drivers on shift, doors that wait too long. All of it is in the lists. */
export function BoardMap({ loads, orders = [], late = [], drivers = [] }: Shown) {
  // Where they cannot be read drivers and doors are still to be seen.
  const { data: stores = [], isPending: coming } = useQuery(everyStore);
  const doors = useDoors(late);
  const navigate = useNavigate();
  if (!loads || coming) return <Bar className="aspect-4/3 max-h-104 w-full" />;
  const pins = [...storePins(stores, loads, late), ...doors, ...driverPins(drivers, orders, late)];
  if (pins.length === 0) return null;
  const choose = (key: string) => {
    const [kind, id = ''] = key.split(' ');
    if (kind === 'store') void navigate({ to: '/operator/live', search: { store: id } });
    const order = kind === 'door' ? id : drivers.find(({ driver }) => driver === id)?.order;
    if (order) void navigate({ to: '/operator/orders/$order', params: { order } });
  };
  return (
    <MapView
      label={t('handling.live.map')}
      pins={pins}
      choose={choose}
      news={t('handling.live.map.news', { late: late.length, drivers: drivers.length })}
    />
  );
}

function storePins(stores: Store[], loads: Load[], late: Job[]): Pin[] {
  return stores.flatMap(({ store, name, place }): Pin[] => {
    const load = loads.find((one) => one.store === store);
    if (!load) return [];
    const here = load.unanswered + load.in_store + load.with_driver;
    const tone = late.some((job) => job.store === store) ? 'danger' : undefined;
    const label = t('handling.live.map.store', { store: name, n: number(here) });
    return [{ key: `store ${store}`, kind: 'store', label, place, tone }];
  });
}

function driverPins(drivers: Driver[], orders: Order[], late: Job[]): Pin[] {
  return drivers.map(({ driver, given_name: label, place, place_at, order, job_state: state }) => ({
    key: `driver ${driver}`,
    kind: 'driver',
    label,
    place,
    tone: late.some((job) => order && job.order === order) ? 'danger' : order ? undefined : 'muted',
    note: [
      state ? word('job', state) : t('handling.live.free'),
      orders.find((one) => one.order === order)?.number,
      ago(place_at),
    ]
      .filter(Boolean)
      .join(', '),
  }));
}

function useDoors(late: Job[]): Pin[] {
  const found = useQueries({
    queries: late.slice(0, DOORS).map(({ order }) => ({
      ...reading('/v1/orders/orders/{order}', { path: { order } }),
      // A door does not move.
      staleTime: Number.POSITIVE_INFINITY,
    })),
  });
  return found.flatMap(({ data }): Pin[] => {
    if (!data) return [];
    const { order, number, destination } = data;
    const { place, address: note } = destination;
    return [{ key: `door ${order}`, kind: 'door', label: number, place, note, tone: 'danger' }];
  });
}
