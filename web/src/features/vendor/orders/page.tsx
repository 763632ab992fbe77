import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { Schema } from '@tipple/api';
import { clock, number } from '@/lib/format.ts';
import { type Key, t } from '@/lib/messages.ts';
import { secondary } from '@/ui/button.ts';
import { Empty } from '@/ui/empty.tsx';
import { More } from '@/ui/more.tsx';
import { ProblemPage } from '@/ui/problem.tsx';
import { Said } from '@/ui/said.tsx';
import { Bar } from '@/ui/waiting.tsx';
import { Pause } from '../pause.tsx';
import { isNew, useQueue } from '../queue.ts';
import { storeOf, useStore } from '../stores.ts';
import { OrderCard } from './order-card.tsx';

type Order = Schema<'OrderSummary'>;

interface Holding {
  title: Key;
  /** What is said where there is none. */
  none: Key;
  holds: (order: Order) => boolean;
}

const COLUMNS: Holding[] = [
  { title: 'queue.new', none: 'queue.new.none', holds: isNew },
  { title: 'queue.packing', none: 'queue.packing.none', holds: ({ state }) => state === 'accepted' },
  { title: 'queue.ready', none: 'queue.ready.none', holds: ({ state }) => state === 'packed' },
];

/** What the store has to do now, by how far it is. */
export function Page(): React.ReactNode {
  const { store, time_zone: zone } = useStore();
  const { list, orders } = useQueue(store);
  const { dataUpdatedAt, refetch } = list;
  const error = list.isFetchNextPageError ? null : list.error;
  if (error && !orders) return <ProblemPage error={error} again={refetch} />;
  return (
    <>
      <h1>{t('vendor.orders')}</h1>
      <PauseHere />
      {error && (
        <p role="alert" className="mt-3 rounded-sm bg-accent-soft p-3 text-danger">
          <Said of={error} /> {t('queue.asOf', { time: clock(new Date(dataUpdatedAt).toISOString()) })}
        </p>
      )}
      {orders?.length === 0 && (
        <Empty title={t('queue.none')} text={t('queue.none.text')}>
          <Link to="/vendor/products" search={{ low: true }} className={secondary}>
            {t('queue.none.stock')}
          </Link>
        </Empty>
      )}
      {orders?.length !== 0 && (
        <div className="mt-4 grid items-start gap-6 lg:grid-cols-3">
          {COLUMNS.map(({ title, none, holds }) => (
            <Column
              key={title}
              title={t(title)}
              none={t(none)}
              orders={orders?.filter(holds)}
              more={list.hasNextPage && holds !== isNew}
              zone={zone}
            />
          ))}
        </div>
      )}
      <More list={{ ...list, error: error ? null : list.error }} />
    </>
  );
}

/** The store as it is now, for a colleague may have let it pause, or a pause be over. */
function PauseHere() {
  const { store } = useStore();
  const { data } = useQuery({ ...storeOf(store), refetchInterval: 30_000 });
  return data && <Pause store={data} />;
}

function Column({
  title,
  none,
  orders,
  more,
  zone,
}: {
  title: string;
  none: string;
  orders?: Order[];
  /** Whether there may be others that have not been read. */
  more: boolean;
  zone: string;
}) {
  return (
    <section aria-label={title} aria-busy={!orders}>
      <h2 className="flex items-baseline gap-2 text-xl">
        {title}
        {orders && (
          <span className="rounded-pill bg-brand-soft px-2 text-base tabular-nums">
            {more ? t('queue.atLeast', { n: number(orders.length) }) : number(orders.length)}
          </span>
        )}
      </h2>
      {orders?.length === 0 && <p className="mt-3 text-muted">{none}</p>}
      {!orders && <Bar className="mt-3 h-56 w-full" />}
      <ul className="mt-3 space-y-4">
        {orders?.map((order) => (
          <li key={order.order}>
            <OrderCard order={order} zone={zone} />
          </li>
        ))}
      </ul>
    </section>
  );
}
