import { useQuery, useQueryClient } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import type { Schema } from '@tipple/api';
import { useCallback, useEffect } from 'react';
import { clock, moment, money } from '@/lib/format.ts';
import { useLive } from '@/lib/live.ts';
import { t, word } from '@/lib/messages.ts';
import { reading } from '@/lib/reading.ts';
import { Bill } from '@/ui/bill.tsx';
import { card } from '@/ui/button.ts';
import { Changes } from '@/ui/changes.tsx';
import { ProblemPage } from '@/ui/problem.tsx';
import { Waiting } from '@/ui/waiting.tsx';
import { State } from '../orders/state.tsx';
import { Delivery } from './delivery.tsx';
import { Doing } from './doing.tsx';
import { History } from './history.tsx';
import { Payment } from './payment.tsx';
import { Verdicts } from './verdicts.tsx';

const route = getRouteApi('/operator/orders/$order');
const ENDED = ['delivered', 'closed', 'cancelled'];

/** All that is known of one order, as it happens. */
export function Page(): React.ReactNode {
  const id = route.useParams().order;
  const readings = useQueryClient();
  const read = useQuery(reading('/v1/orders/orders/{order}', { path: { order: id } }));
  const { data: order, error, refetch } = read;
  const heard = useCallback(() => {
    void readings.invalidateQueries();
  }, [readings]);
  useLive(`/v1/orders/orders/${id}/events`, order !== undefined && !ENDED.includes(order.state), heard);
  const number = order?.number;
  useEffect(() => {
    if (number) document.title = `${t('handling.order', { number })} · ${t('site.name')}`;
  }, [number]);
  if (error && !order) return <ProblemPage error={error} again={refetch} />;
  if (!order) return <Waiting />;
  const zone = order.store.time_zone;
  return (
    <>
      <p>
        <Link
          to="/operator/orders"
          className="inline-flex min-h-11 items-center underline underline-offset-4"
        >
          {t('operator.orders')}
        </Link>
      </p>
      <div className="flex flex-wrap items-center gap-x-4 gap-y-1">
        <h1>{t('handling.order', { number: order.number })}</h1>
        <p aria-live="polite">
          <State state={order.state} />
        </p>
      </div>
      <p className="mt-2 text-muted [overflow-wrap:anywhere]">
        <bdi>{order.store.name}</bdi> · {moment(order.placed_at, zone)} · {money(order.total)}
      </p>
      {order.reason && (
        <p className="mt-2 max-w-prose font-medium [overflow-wrap:anywhere]">
          <bdi>{word('why', order.reason)}</bdi>
        </p>
      )}
      <Until order={order} />
      <Doing order={order} />
      <div className="mt-6 grid items-start gap-6 xl:grid-cols-[minmax(0,1fr)_26rem]">
        <div className="grid min-w-0 grid-cols-[minmax(0,1fr)] gap-6 [overflow-wrap:anywhere]">
          <section aria-label={t('handling.history')} className={card}>
            <h2 className="mb-3 text-xl">{t('handling.history')}</h2>
            <History history={order.history} zone={zone} />
          </section>
          <Verdicts order={order.order} zone={zone} />
          <Delivery order={order} />
        </div>
        <div className="grid min-w-0 grid-cols-[minmax(0,1fr)] gap-6">
          <section aria-label={t('order.what')} className={card}>
            <h2 className="text-xl">{t('order.what')}</h2>
            <Lines lines={order.lines} />
            <Changes
              changes={order.changes}
              agreed={order.agreed}
              total={order.total}
              className="my-3 rounded-sm bg-accent-soft p-3 text-sm"
            />
            <Bill quote={order.quote} />
            {order.refund.amount > 0 && (
              <p className="mt-2 font-medium">{t('handling.refunded', { amount: money(order.refund) })}</p>
            )}
          </section>
          <Payment order={order} />
          <section aria-label={t('order.where')} className={card}>
            <h2 className="mb-2 text-xl">{t('order.where')}</h2>
            <p className="[overflow-wrap:anywhere]">
              <bdi>{order.recipient}</bdi>
            </p>
            <p className="[overflow-wrap:anywhere]">
              <bdi>{order.destination.address}</bdi>
            </p>
            {order.destination.instructions && (
              <p className="text-muted">
                <bdi>{order.destination.instructions}</bdi>
              </p>
            )}
          </section>
          <p className="flex flex-wrap gap-x-6">
            <Link
              to="/operator/complaints"
              search={{ order: order.order }}
              className="inline-flex min-h-11 items-center text-brand underline underline-offset-4"
            >
              {t('operator.complaints')}
            </Link>
            <Link
              to="/operator/messages"
              search={{ order: order.order }}
              className="inline-flex min-h-11 items-center text-brand underline underline-offset-4"
            >
              {t('handling.messages')}
            </Link>
          </p>
        </div>
      </div>
    </>
  );
}

/** By when somebody has to do something, or it ends by itself. */
function Until({ order }: { order: Schema<'OrderView'> }) {
  const zone = order.store.time_zone;
  const { state, pay_by, accept_by } = order;
  if (state === 'placed') return <p className="mt-2">{t('handling.payBy', { time: clock(pay_by, zone) })}</p>;
  if (state === 'paid' && accept_by)
    return <p className="mt-2">{t('handling.acceptBy', { time: clock(accept_by, zone) })}</p>;
  return null;
}

function Lines({ lines }: { lines: Schema<'OrderLine'>[] }) {
  return (
    <ul className="my-2 divide-y divide-hairline">
      {lines.map((line) => (
        <li key={line.line} className="flex justify-between gap-3 py-2">
          <span className="min-w-0 [overflow-wrap:anywhere]">
            {t('checkout.line', { n: line.quantity, name: line.name })}
            {line.delivered > 0 && (
              <span className="block text-sm text-muted">
                {t('handling.delivered', { n: line.delivered, of: line.quantity })}
              </span>
            )}
          </span>
          <span className="tabular-nums">{money(line.total)}</span>
        </li>
      ))}
    </ul>
  );
}
