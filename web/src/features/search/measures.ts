/** How people write what a drink is narrowed by: in whole units of money, percent, litres. */
import { money, number, strength, volume } from '@/lib/format.ts';
import { t } from '@/lib/messages.ts';
import type { Filters, Range } from './filters.ts';

interface Measure {
  /** So many of the interface's units are one of those that people write. */
  scale: number;
  say: (value: number) => string;
}

export function measures(currency: string | undefined): Record<Range, Measure> {
  const digits =
    new Intl.NumberFormat('en', { style: 'currency', currency: currency ?? 'USD' }).resolvedOptions()
      .maximumFractionDigits ?? 2;
  return {
    price: {
      scale: 10 ** digits,
      // Where nothing was found nobody knows in what it would have been paid.
      say: (amount) => (currency ? money({ amount, currency }) : number(amount / 10 ** digits, digits)),
    },
    abv: { scale: 100, say: strength },
    volume: { scale: 1000, say: volume },
  };
}

/** What is chosen of a range; none where nothing is. */
export function chosenOf(range: Range, chosen: Filters, { say }: Measure): string | undefined {
  const min = chosen[`${range}_min`];
  const max = chosen[`${range}_max`];
  if (min !== undefined && max !== undefined) return `${say(min)} – ${say(max)}`;
  if (min !== undefined) return t('search.least', { value: say(min) });
  return max === undefined ? undefined : t('search.most', { value: say(max) });
}
