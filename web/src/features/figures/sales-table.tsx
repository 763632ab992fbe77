import { day as dayOf, money, number } from '@/lib/format.ts';
import { t } from '@/lib/messages.ts';
import { Heading, Scrolling } from '@/ui/scrolling.tsx';
import type { Day } from './sales.tsx';

/** What the chart shows and more, in numbers; days without sales are left out. */
export function SalesTable({ days, currency }: { days: Day[]; currency: string }) {
  const cell = 'px-3 py-2 text-end tabular-nums whitespace-nowrap';
  return (
    <Scrolling label={t('figures.tableOf', { currency })}>
      <thead>
        <tr className="text-sm text-muted">
          <Heading text={t('figures.day')} start />
          <Heading text={t('figures.measure.orders')} />
          <Heading text={t('figures.measure.units')} />
          <Heading text={t('figures.measure.gross')} />
          <Heading text={t('figures.refunded')} />
          <Heading text={t('figures.measure.net')} />
        </tr>
      </thead>
      <tbody>
        {days.map(({ day, orders, units, gross, refunded, net }) => (
          <tr key={day} className="border-t border-hairline">
            <th scope="row" className="px-3 py-2 text-start font-normal whitespace-nowrap">
              {dayOf(day)}
            </th>
            <td className={cell}>{number(orders)}</td>
            <td className={cell}>{number(units)}</td>
            <td className={cell}>{money(gross)}</td>
            <td className={cell}>{money(refunded)}</td>
            <td className={`${cell} font-semibold`}>{money(net)}</td>
          </tr>
        ))}
      </tbody>
    </Scrolling>
  );
}
