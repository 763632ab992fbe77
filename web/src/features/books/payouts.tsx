import { useQuery } from '@tanstack/react-query';
import type { Schema } from '@tipple/api';
import type { ReactNode } from 'react';
import { typed } from '@/lib/amount.ts';
import { moment, money } from '@/lib/format.ts';
import { t } from '@/lib/messages.ts';
import { whole } from '@/lib/whole.ts';
import { Export } from '@/ui/export.tsx';
import { ProblemPage } from '@/ui/problem.tsx';
import { Heading, Scrolling } from '@/ui/scrolling.tsx';
import { Stale } from '@/ui/stale.tsx';
import { Bar } from '@/ui/waiting.tsx';

export type Payout = Schema<'Payout'>;

/** What a vendor was paid, and of what it is made. */
export function VendorPayouts({ vendor }: { vendor: string }) {
  const { data, error, refetch } = useQuery(
    whole('/v1/payments/vendors/{vendor}/payouts', { path: { vendor } }),
  );
  // A vendor of whom the books know nothing has sold nothing yet.
  const unsold = error?.problem?.status === 404;
  if (error && !unsold && !data) return <ProblemPage error={error} again={refetch} />;
  if (!data && !unsold) return <Bar className="mt-4 h-40 w-full" />;
  if (!data?.length) return <p className="mt-4 text-muted">{t('books.payouts.none')}</p>;
  return (
    <>
      <Stale error={error} />
      <p className="mt-4 flex justify-end">
        <Export name="payouts" rows={() => rowsOf(data)} />
      </p>
      <PayoutTable payouts={data} />
    </>
  );
}

interface TableShown {
  payouts: Payout[];
  /** Whose it is, where that is not the same for all. */
  whose?: (payout: Payout) => string;
  /** What can be done about it. */
  doing?: (payout: Payout) => ReactNode;
}

export function PayoutTable({ payouts, whose, doing }: TableShown) {
  const cell = 'px-3 py-2 text-end tabular-nums whitespace-nowrap align-top';
  return (
    <Scrolling label={t('books.payouts')}>
      <thead>
        <tr className="text-sm text-muted">
          {whose && <Heading text={t('books.vendor')} start />}
          <Heading text={t('books.drawn')} start />
          <Heading text={t('books.sales')} />
          <Heading text={t('books.refunds')} />
          <Heading text={t('books.deposits')} />
          <Heading text={t('books.commission')} />
          <Heading text={t('books.payout')} />
          <Heading text={t('books.sent')} start />
        </tr>
      </thead>
      <tbody>
        {payouts.map((one) => (
          <tr key={one.payout} className="border-t border-hairline">
            {whose && (
              <th scope="row" className="min-w-40 px-3 py-2 text-start align-top font-medium">
                <bdi>{whose(one)}</bdi>
              </th>
            )}
            <td className="px-3 py-2 align-top whitespace-nowrap">{moment(one.at)}</td>
            <td className={cell}>{money(one.sales)}</td>
            <td className={cell}>{money(one.refunds)}</td>
            <td className={cell}>{money(one.deposits)}</td>
            <td className={cell}>{money(one.commission)}</td>
            <td className={`${cell} font-bold`}>{money(one.amount)}</td>
            <td className="px-3 py-2 align-top">
              {one.sent_at ? moment(one.sent_at) : (doing?.(one) ?? t('books.sent.not'))}
            </td>
          </tr>
        ))}
      </tbody>
    </Scrolling>
  );
}

export function rowsOf(payouts: Payout[]): (string | number)[][] {
  return [
    [
      'payout',
      'vendor',
      'at',
      'until',
      'currency',
      'sales',
      'refunds',
      'deposits',
      'commission',
      'amount',
      'sent_at',
    ],
    ...payouts.map((one) => [
      one.payout,
      one.vendor,
      one.at,
      one.until,
      one.amount.currency,
      typed(one.sales),
      typed(one.refunds),
      typed(one.deposits),
      typed(one.commission),
      typed(one.amount),
      one.sent_at ?? '',
    ]),
  ];
}
