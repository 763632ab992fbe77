import { useQuery, useQueryClient } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { useCallback } from 'react';
import { moment, money, within } from '@/lib/format.ts';
import { part } from '@/lib/lazily.ts';
import { useLive } from '@/lib/live.ts';
import { t, word } from '@/lib/messages.ts';
import { Bill } from '@/ui/bill.tsx';
import { card, primary } from '@/ui/button.ts';
import { Changes } from '@/ui/changes.tsx';
import { Later } from '@/ui/later.tsx';
import { ProblemPage } from '@/ui/problem.tsx';
import { Stale } from '@/ui/stale.tsx';
import { Bar } from '@/ui/waiting.tsx';
import { DeliveryRoom } from './delivery-room.tsx';
import { orderOf } from './requests.ts';
import { Timeline } from './timeline.tsx';
import { AtDoor, WaitingOrder } from './waiting.tsx';

const Beside = part(() => import('./beside.tsx'), 'after');
const Below = part(() => import('./below.tsx'), 'after');
const Delivery = part(() => import('./delivery.tsx'), 'after');

const route = getRouteApi('/shop/orders/$order');
/** It was at the door, and all is settled there. */
const BROUGHT = ['delivered', 'closed'];
const ENDED = [...BROUGHT, 'cancelled'];
/** Nobody waits for it at a door. */
const OVER = [...ENDED, 'returning'];
const ON_ITS_WAY = ['accepted', 'packed', 'out_for_delivery'];

/** One order, live. */
export function Page(): React.ReactNode {
  const id = route.useParams().order;
  const readings = useQueryClient();
  const { data: order, error, refetch } = useQuery(orderOf(id));
  const heard = useCallback(() => {
    void readings.invalidateQueries();
  }, [readings]);
  useLive(`/v1/orders/orders/${id}/events`, order !== undefined && !ENDED.includes(order.state), heard);
  if (error && !order) return <ProblemPage error={error} again={refetch} />;
  if (!order) return <WaitingOrder />;
  const zone = order.store.time_zone;
  return (
    <>
      <Stale error={error} />
      <p className="text-muted [overflow-wrap:anywhere]">
        {t('orders.one', { number: order.number, store: order.store.name })} · {moment(order.placed_at, zone)}
      </p>
      <h1 aria-live="polite">{word('state', order.state)}</h1>
      {order.slot && !ENDED.includes(order.state) && (
        <p className="mt-1 text-lg font-semibold">
          {t('order.slot', { when: within(order.slot.from, order.slot.until, zone) })}
        </p>
      )}
      {order.reason && (
        <p className="mt-2 max-w-prose [overflow-wrap:anywhere]">{word('ended', order.reason)}</p>
      )}
      {!OVER.includes(order.state) && <AtDoor />}
      {order.payment?.pay_url && (
        <section className={`${card} mt-4 flex flex-wrap items-center justify-between gap-3`}>
          <p>{t('order.unpaid', { time: moment(order.pay_by, zone) })}</p>
          <a href={order.payment.pay_url} className={primary}>
            {t('order.pay', { total: money(order.total) })}
          </a>
        </section>
      )}
      {ON_ITS_WAY.includes(order.state) && (
        <section className={`${card} mt-4 grid items-start gap-4 md:grid-cols-[1fr_2fr]`}>
          <Later room={<DeliveryRoom />}>
            <Delivery order={order} />
          </Later>
        </section>
      )}
      <div className="mt-6 grid items-start gap-6 lg:grid-cols-[1fr_24rem] lg:grid-rows-[auto_1fr]">
        <section className={card}>
          <h2 className="mb-3 text-xl">{t('order.history')}</h2>
          <Timeline history={order.history} zone={zone} />
        </section>
        <div className="space-y-6 lg:col-start-2 lg:row-span-2 lg:row-start-1">
          <section className={card}>
            <h2 className="text-xl">{t('order.what')}</h2>
            <ul className="my-2">
              {order.lines.map((line) => (
                <li key={line.line} className="flex justify-between gap-3 py-1">
                  <span className="[overflow-wrap:anywhere]">
                    {t('checkout.line', { n: line.quantity, name: line.name })}
                  </span>
                  <span className="tabular-nums">{money(line.total)}</span>
                </li>
              ))}
            </ul>
            <Changes
              changes={order.changes}
              agreed={order.agreed}
              total={order.total}
              className="my-3 rounded-sm bg-accent-soft p-3 text-sm"
            />
            <Bill quote={order.quote} />
            {order.refund.amount > 0 && (
              <p className="mt-2">{t('order.refund', { amount: money(order.refund) })}</p>
            )}
          </section>
          <section className={card}>
            <h2 className="text-xl">{t('order.where')}</h2>
            <p className="[overflow-wrap:anywhere]">
              <bdi>{order.recipient}</bdi>, <bdi>{order.destination.address}</bdi>
            </p>
            {order.destination.instructions && (
              <p className="text-muted [overflow-wrap:anywhere]">
                <bdi>{order.destination.instructions}</bdi>
              </p>
            )}
          </section>
          <Later room={<Bar className="h-96" />}>
            <Beside order={order} />
          </Later>
        </div>
        {/* These come later: nothing stands below them that they could push away. */}
        <div className="space-y-6">
          <Later room={null}>
            <Below
              order={order}
              brought={BROUGHT.includes(order.state)}
              ended={ENDED.includes(order.state)}
            />
          </Later>
        </div>
      </div>
    </>
  );
}
