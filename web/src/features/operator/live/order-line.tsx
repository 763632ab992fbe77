import { Link } from '@tanstack/react-router';
import { clock } from '@/lib/format.ts';
import { t } from '@/lib/messages.ts';
import { State } from '../orders/state.tsx';
import { covering } from '../table.tsx';
import { ago } from './ago.ts';
import type { Order } from './board.ts';

/** An order on the board: where it stands, and what comes next by when. */
export function OrderLine({ order }: { order: Order }) {
  const zone = order.store.time_zone;
  const { state, accept_by, eta, driver_name: driver } = order;
  return (
    <>
      <p className="flex flex-wrap items-center justify-between gap-x-2">
        <Link to="/operator/orders/$order" params={{ order: order.order }} className={covering}>
          {order.number}
        </Link>
        <State state={state} />
      </p>
      <p className="mt-1 text-sm">{order.store.name}</p>
      {state === 'paid' && accept_by && (
        <p className="text-sm font-medium">
          {t('handling.live.answer', { time: clock(accept_by, zone), ago: ago(accept_by) })}
        </p>
      )}
      {driver && <p className="text-sm">{t('handling.drives', { name: driver })}</p>}
      {eta && <p className="text-sm">{t('handling.live.eta', { time: clock(eta, zone), ago: ago(eta) })}</p>}
      <p className="text-sm text-muted">
        {t('handling.live.placed', { time: clock(order.placed_at, zone), ago: ago(order.placed_at) })}
      </p>
    </>
  );
}
