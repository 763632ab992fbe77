import type { Schema } from '@tipple/api';
import { money, percent } from '@/lib/format.ts';
import { known, language, t } from '@/lib/messages.ts';

/** A tax's own name stands before its rate; this one is no name. */
const TAXED = /^(.+) [\d.]+ %/;
const TAX = 'Sales tax';

/** What the house calls a discount that makes up for a dearer replacement. */
const MATCHED = 'At the price of what was ordered';

/** What it costs and why, to the last amount, as the house worked it out. */
export function Bill({ quote }: { quote: Schema<'Quote'> }) {
  return (
    <table className="w-full tabular-nums">
      <caption className="sr-only">{t('bill.title')}</caption>
      <tbody>
        <Sum label={t('bill.subtotal')} amount={quote.subtotal} />
        {quote.lines.flatMap((line) =>
          line.charges.map((charge, at) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: they never change places
            <Why key={`${line.product} ${at}`} charge={charge} of={line.name} />
          )),
        )}
        {quote.charges.map((charge) => (
          <Why key={`${charge.kind} ${charge.label}`} charge={charge} />
        ))}
      </tbody>
      <tfoot>
        <tr className="border-t border-hairline text-lg font-bold">
          <th scope="row" className="py-2 text-start">
            {t('bill.total')}
          </th>
          <td className="py-2 text-end">{money(quote.total)}</td>
        </tr>
      </tfoot>
    </table>
  );
}

function Sum({ label, amount }: { label: string; amount: Schema<'Money'> }) {
  return (
    <tr>
      <th scope="row" className="py-1 text-start font-normal">
        {label}
      </th>
      <td className="py-1 text-end">{money(amount)}</td>
    </tr>
  );
}

function Why({ charge, of }: { charge: Schema<'Charge'>; of?: string }) {
  const { amount, included } = charge;
  return (
    <tr className="text-muted">
      <th scope="row" className="py-0.5 text-start text-sm font-normal [overflow-wrap:anywhere]">
        {named(charge)}
        {of && <span className="block text-xs [overflow-wrap:anywhere]">{of}</span>}
      </th>
      <td className="py-0.5 text-end text-sm">
        {included.amount > 0 && amount.amount === 0
          ? t('bill.included', { amount: money(included) })
          : money(amount)}
      </td>
    </tr>
  );
}

/** What an amount is for. Only what people called it themselves is cited: coupons, offers, and duties with names of their own. */
function named({ kind, label, amount, included, tax }: Schema<'Charge'>): string {
  // The house explains it in English, to the last word.
  if (language() === 'en') return label;
  const rate = tax?.ppm ? percent(tax.ppm) : '';
  const code = label.replace(/^Coupon /, '');
  const ofTax = TAXED.exec(label)?.[1] ?? '';
  const plain = known(`charge.${kind}${variant(kind, label, amount, included)}`, {
    name: label,
    code,
    rate,
    ofTax,
  });
  return plain ?? label;
}

function variant(kind: string, label: string, ...[amount, included]: Schema<'Money'>[]): string {
  if (kind === 'sales_tax') {
    const named = TAXED.exec(label)?.[1] === TAX ? '' : '.named';
    if (label.endsWith(' on the delivery fee')) return `${named}.delivery`;
    return label.endsWith(' on the service fee') ? `${named}.service` : named;
  }
  if (kind === 'promotion' && label === MATCHED) return '.matched';
  return kind === 'delivery_fee' && !amount?.amount && !included?.amount ? '.free' : '';
}
