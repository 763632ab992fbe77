import { useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import type { Schema } from '@tipple/api';
import { clock } from '@/lib/format.ts';
import { t } from '@/lib/messages.ts';
import { byTheHouse } from '@/lib/session.ts';
import { More } from '@/ui/more.tsx';
import { ProblemPage } from '@/ui/problem.tsx';
import { Said } from '@/ui/said.tsx';
import { Select } from '@/ui/select.tsx';
import { everyStore } from '../stores.ts';
import { type Load, type Order, useBoard } from './board.ts';
import { Column } from './column.tsx';
import { Complaining } from './complaining.tsx';
import { Driver } from './driver.tsx';
import { Late } from './late.tsx';
import { BoardMap } from './map.tsx';
import { OrderLine } from './order-line.tsx';

const route = getRouteApi('/operator/live');

const COLUMNS = [
  { title: 'handling.live.store', stage: 'unanswered' },
  { title: 'handling.live.packing', stage: 'in_store' },
  { title: 'handling.live.way', stage: 'with_driver' },
] as const;

/** Who carries something is asked about more often. */
const busyFirst = (a: Schema<'DriverAtWork'>, b: Schema<'DriverAtWork'>) =>
  Number(!a.order) - Number(!b.order);

/** What is under way now: what is late or stuck first. */
export function Page(): React.ReactNode {
  const { store } = route.useSearch();
  const { late, stages, orders, loads, drivers, error, asOf, again } = useBoard(store);
  if (error && !orders) return <ProblemPage error={error} again={again} />;
  const here = loads?.filter((one) => !store || one.store === store);
  const pressing = orders && late.data?.pages.flatMap(({ items }) => items);
  return (
    <>
      <h1>{t('operator.live')}</h1>
      <div className="mt-4 flex min-h-11 flex-wrap items-center gap-x-6 gap-y-2">
        {loads && orders && <Stores loads={loads} orders={orders} store={store} />}
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
      <div className="mt-6 grid items-start gap-6 xl:grid-cols-2">
        <div className="space-y-6">
          <Late jobs={pressing} more={<Rest list={late} />} />
          <Complaining />
        </div>
        <BoardMap loads={here} orders={orders} late={pressing} drivers={drivers} />
      </div>
      <div className="mt-6 grid items-start gap-6 md:grid-cols-2 xl:grid-cols-4">
        {COLUMNS.map(({ title, stage }) => (
          <Column
            key={title}
            title={t(title)}
            none={t('handling.live.none')}
            count={here?.reduce((sum, load) => sum + load[stage], 0)}
            items={
              orders &&
              stages[stage].data?.pages
                .flatMap(({ items }) => items)
                .map((one) => ({ id: one.order, shown: <OrderLine order={one} /> }))
            }
            more={<Rest list={stages[stage]} />}
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

/** What is not there of a list; that it could not be read anew is said at the head of the page. */
function Rest({ list }: Parameters<typeof More>[0]) {
  return <More list={{ ...list, error: list.isFetchNextPageError ? list.error : null }} />;
}

/** The stores that have something to do, one of which can be looked at alone. */
function Stores({ loads, orders, store = '' }: { loads: Load[]; orders: Order[]; store?: string }) {
  const navigate = route.useNavigate();
  const { data: stores = [] } = useQuery(everyStore);
  // Where they cannot be read, those whose orders are shown are known all the same.
  const known = new Map(orders.map((one) => [one.store.store, one.store.name]));
  for (const one of stores) known.set(one.store, one.name);
  const busy = new Set([...loads.map((one) => one.store), ...orders.map((one) => one.store.store)]);
  const names = new Map(
    [...busy].flatMap((one) => {
      const name = known.get(one);
      return name ? [[one, name] as const] : [];
    }),
  );
  // The one that is looked at may have nothing to do by now.
  if (store && !names.has(store)) names.set(store, known.get(store) ?? t('handling.live.thisStore'));
  return (
    <Select
      name={t('operator.store')}
      value={store}
      choices={[['', t('operator.state.any')], ...[...names].sort(([, a], [, b]) => a.localeCompare(b))]}
      choose={(one) => navigate({ search: one ? { store: one } : {} })}
    />
  );
}
