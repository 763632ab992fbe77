import { useQuery } from '@tanstack/react-query';
import type { Schema } from '@tipple/api';
import { money } from '@/lib/format.ts';
import { t, word } from '@/lib/messages.ts';
import { reading } from '@/lib/reading.ts';
import { Part } from '../part.tsx';
import { AskRefund } from './ask-refund.tsx';
import { Journal } from './journal.tsx';
import { Refunds } from './refunds.tsx';

/** The money: what was asked for, what came, and what went back. */
export function Payment({ order: { order, store } }: { order: Schema<'OrderView'> }) {
  const zone = store.time_zone;
  const where = reading('/v1/payments/orders/{order}/payment', { path: { order } });
  const read = useQuery({ ...where, retry: false });
  // There is none before the order is placed.
  if (read.error?.problem.status === 404) return null;
  return (
    <Part title={t('handling.payment')} read={read} height="h-64">
      {(payment) => (
        <>
          <p className="font-semibold">{word('paying', payment.state)}</p>
          <p className="text-sm text-muted [overflow-wrap:anywhere]">
            {t('handling.provider', { provider: payment.provider, account: payment.account })}
          </p>
          {payment.declined && <p className="mt-2 text-danger">{word('declined', payment.declined.code)}</p>}
          <Sums payment={payment} />
          <Refunds payment={payment.payment} zone={zone} />
          {payment.can.includes('refund') && <AskRefund payment={payment} />}
          <Journal payment={payment.payment} zone={zone} />
        </>
      )}
    </Part>
  );
}

function Sums({ payment }: { payment: Schema<'PaymentView'> }) {
  const sums = [
    [t('handling.sum.asked'), payment.amount],
    [t('handling.sum.setAside'), payment.authorised],
    [t('handling.sum.taken'), payment.captured],
    [t('handling.sum.back'), payment.refunded],
    [t('handling.sum.disputed'), payment.disputed],
  ] as const;
  return (
    <dl className="my-3 grid grid-cols-[1fr_auto] gap-x-4 gap-y-1 tabular-nums">
      {sums.map(([name, amount]) => (
        <div key={name} className="contents">
          <dt>{name}</dt>
          <dd className="text-end">{money(amount)}</dd>
        </div>
      ))}
    </dl>
  );
}
