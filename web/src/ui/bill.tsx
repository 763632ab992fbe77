import type { Schema } from '@tipple/api';
import { money, percent } from '@/lib/format.ts';
import { known, t } from '@/lib/messages.ts';
import type { Sentence } from '@/lib/said.ts';
import { InWords } from '@/ui/said.tsx';

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
        <InWords of={named(charge)} />
        {of && (
          <span className="block text-xs">
            <bdi>{of}</bdi>
          </span>
        )}
      </th>
      <td className="py-0.5 text-end text-sm">
        {included.amount > 0 && amount.amount === 0
          ? t('bill.included', { amount: money(included) })
          : money(amount)}
      </td>
    </tr>
  );
}

/** What an amount is for. Only what people called it themselves is cited: coupons, offers, and taxes with names of their own. */
function named({ kind, label, of, tax }: Schema<'Charge'>): Sentence {
  // What was charged before it said what it is of.
  const asItWas = { text: label, foreign: true };
  if (!of) return asItWas;
  const { each, fee = '', free_from, name = '' } = of;
  const text = known(`charge.${kind}${variant(of)}`, {
    name,
    fee,
    rate: tax?.ppm ? percent(tax.ppm) : '',
    each: each ? money(each) : '',
    from: free_from ? money(free_from) : '',
  });
  return text ? { text } : asItWas;
}

function variant({ each, free_from, matched }: Schema<'ChargeOf'>): string {
  if (matched) return '.matched';
  if (each) return '.each';
  return free_from ? '.free' : '';
}
