import { Link } from '@tanstack/react-router';
import type { Schema } from '@tipple/api';
import { t, word } from '@/lib/messages.ts';
import { covering } from '../table.tsx';
import { ago } from './ago.ts';
import type { Order } from './board.ts';

/** A driver on shift, and what they carry. */
export function Driver({ driver, order }: { driver: Schema<'DriverAtWork'>; order?: Order }) {
  return (
    <>
      <p className="flex flex-wrap items-baseline justify-between gap-x-2">
        {driver.order ? (
          <Link to="/operator/orders/$order" params={{ order: driver.order }} className={covering}>
            {driver.given_name}
          </Link>
        ) : (
          <span className="font-semibold">{driver.given_name}</span>
        )}
        <span className="text-sm">
          {driver.job_state ? word('job', driver.job_state) : t('handling.live.free')}
        </span>
      </p>
      {order && (
        <p className="text-sm">{t('orders.one', { number: order.number, store: order.store.name })}</p>
      )}
      <p className="text-sm text-muted">
        {t('handling.live.seen', { seen: ago(driver.place_at), since: ago(driver.on_shift_since) })}
      </p>
    </>
  );
}
