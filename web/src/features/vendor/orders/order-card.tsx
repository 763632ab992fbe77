import { Link } from '@tanstack/react-router';
import type { Schema } from '@tipple/api';
import { clock, money, within } from '@/lib/format.ts';
import { t } from '@/lib/messages.ts';
import { card, quiet } from '@/ui/button.ts';
import { Changes } from '@/ui/changes.tsx';
import { Accept } from './accept.tsx';
import { Countdown } from './countdown.tsx';
import { Line } from './line.tsx';
import { PickList } from './pick-list.tsx';
import { Reject } from './reject.tsx';

type Order = Schema<'OrderSummary'>;

/** An order at the store, and what one may do to it now. */
export function OrderCard({ order, zone }: { order: Order; zone: string }) {
  const can = (action: Order['can'][number]) => order.can.includes(action);
  return (
    <article aria-label={t('queue.order', { number: order.number })} className={`${card} space-y-3`}>
      <header className="flex flex-wrap items-baseline justify-between gap-x-3">
        <h3 className="text-2xl tabular-nums">{order.number}</h3>
        {order.accept_by && order.state === 'paid' && <Countdown to={order.accept_by} zone={zone} />}
        <Due order={order} zone={zone} />
        <p className="w-full text-muted [overflow-wrap:anywhere]">
          <bdi>{order.recipient}</bdi> · {clock(order.placed_at, zone)} · {money(order.total)}
        </p>
      </header>
      {order.state === 'packed' && <Leaves order={order} zone={zone} />}
      {can('pack') ? (
        <PickList order={order} />
      ) : (
        <ul className="divide-y divide-hairline">
          {order.lines.map((line) => (
            <li key={line.line} className="flex gap-3 py-2">
              <Line line={line} />
            </li>
          ))}
        </ul>
      )}
      <Changes
        changes={order.changes}
        agreed={order.agreed}
        total={order.total}
        className="rounded-sm bg-accent-soft p-3 text-sm"
      />
      {can('accept') && <Accept order={order} />}
      <footer className="flex flex-wrap items-start justify-between gap-x-4">
        {can('reject') && <Reject order={order.order} />}
        <Link
          to="/vendor/orders/$order/slip"
          params={{ order: order.order }}
          className={`${quiet} inline-flex items-center`}
        >
          {t('slip.open')}
        </Link>
      </footer>
    </article>
  );
}

/** When it has to be packed, and for when. */
function Due({ order: { slot, due_at: due, state }, zone }: { order: Order; zone: string }) {
  if (slot)
    return (
      <p className="w-full rounded-sm bg-accent-soft p-2 font-semibold">
        {t('queue.slot', { when: within(slot.from, slot.until, zone), due: clock(due, zone) })}
      </p>
    );
  return state === 'accepted' ? (
    <p className="w-full font-medium">{t('queue.due', { time: clock(due, zone) })}</p>
  ) : null;
}

function Leaves({ order, zone }: { order: Order; zone: string }) {
  return (
    <p className="rounded-sm bg-brand-soft p-2 font-medium">
      {order.driver_name ? t('queue.driver', { name: order.driver_name }) : t('queue.driver.none')}
      {order.eta && <span className="block text-sm">{t('queue.eta', { time: clock(order.eta, zone) })}</span>}
    </p>
  );
}
