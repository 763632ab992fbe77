import { getRouteApi } from '@tanstack/react-router';
import type { Schema } from '@tipple/api';
import { clock } from '@/lib/format.ts';
import { t } from '@/lib/messages.ts';
import { byTheHouse } from '@/lib/session.ts';
import { ProblemPage } from '@/ui/problem.tsx';
import { Said } from '@/ui/said.tsx';
import { Select } from '@/ui/select.tsx';
import { type Order, useBoard } from './board.ts';
import { Column } from './column.tsx';
import { Complaining } from './complaining.tsx';
import { Driver } from './driver.tsx';
import { Late } from './late.tsx';
import { BoardMap } from './map.tsx';
import { OrderLine } from './order-line.tsx';

const route = getRouteApi('/operator/live');

const COLUMNS = [
  { title: 'handling.live.store', holds: ['paid'] },
  { title: 'handling.live.packing', holds: ['accepted', 'packed'] },
  { title: 'handling.live.way', holds: ['out_for_delivery', 'returning'] },
] as const;

/** By when something has to happen; else the one first that has been under way the longest. */
const byNeed = (a: Order, b: Order) =>
  (due(a) ?? '').localeCompare(due(b) ?? '') || a.placed_at.localeCompare(b.placed_at);
const due = ({ state, accept_by, eta }: Order) => (state === 'paid' ? accept_by : eta);

/** Who carries something is asked about more often. */
const busyFirst = (a: Schema<'DriverAtWork'>, b: Schema<'DriverAtWork'>) =>
  Number(!a.order) - Number(!b.order);

/** What is under way now: what is late or stuck first. */
export function Page(): React.ReactNode {
  const { store } = route.useSearch();
  const { orders, late, drivers, more, error, asOf, again } = useBoard();
  if (error && !orders) return <ProblemPage error={error} again={again} />;
  const here = orders?.filter((one) => !store || one.store.store === store);
  const pressing = late?.filter((one) => !store || one.store === store);
  return (
    <>
      <h1>{t('operator.live')}</h1>
      <div className="mt-4 flex min-h-11 flex-wrap items-center gap-x-6 gap-y-2">
        {orders && <Stores orders={orders} store={store} />}
        {orders && (
          <p className="text-sm text-muted">
            {t('handling.live.asOf', { time: clock(new Date(byTheHouse(asOf)).toISOString()) })}
          </p>
        )}
      </div>
      {error && (
        <p role="alert" className="mt-3 rounded-sm bg-accent-soft p-3 text-danger">
          <Said of={error} />
        </p>
      )}
      {more && <p className="mt-3 rounded-sm bg-accent-soft p-3">{t('handling.live.more')}</p>}
      <div className="mt-6 grid items-start gap-6 xl:grid-cols-2">
        <div className="space-y-6">
          <Late jobs={pressing} orders={orders ?? []} />
          <Complaining />
        </div>
        <BoardMap orders={here} late={pressing} drivers={drivers} />
      </div>
      <div className="mt-6 grid items-start gap-6 md:grid-cols-2 xl:grid-cols-4">
        {COLUMNS.map(({ title, holds }) => (
          <Column
            key={title}
            title={t(title)}
            none={t('handling.live.none')}
            items={here
              ?.filter(({ state }) => holds.some((one) => one === state))
              .sort(byNeed)
              .map((one) => ({ id: one.order, shown: <OrderLine order={one} /> }))}
          />
        ))}
        <Column
          title={t('handling.live.drivers')}
          none={t('handling.live.drivers.none')}
          items={drivers?.toSorted(busyFirst).map((one) => ({
            id: one.driver,
            shown: <Driver driver={one} order={orders?.find(({ order }) => order === one.order)} />,
          }))}
        />
      </div>
    </>
  );
}

/** The stores that have something to do, one of which can be looked at alone. */
function Stores({ orders, store = '' }: { orders: Order[]; store?: string }) {
  const navigate = route.useNavigate();
  const names = new Map(orders.map((one) => [one.store.store, one.store.name]));
  // The one that is looked at may have nothing to do by now.
  if (store && !names.has(store)) names.set(store, t('handling.live.thisStore'));
  return (
    <Select
      name={t('operator.store')}
      value={store}
      choices={[['', t('operator.state.any')], ...[...names].sort(([, a], [, b]) => a.localeCompare(b))]}
      choose={(one) => navigate({ search: one ? { store: one } : {} })}
    />
  );
}
