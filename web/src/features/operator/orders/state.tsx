import { word } from '@/lib/messages.ts';
import type { State as OrderState } from './route.ts';

const COLOURS: Partial<Record<OrderState, string>> = {
  delivered: 'border-success text-success',
  returning: 'border-warn text-warn',
  closed: 'border-control text-muted',
  cancelled: 'border-control text-muted',
};

/** Where an order stands, in words that everybody uses. */
export function State({ state }: { state: OrderState }) {
  return (
    <span
      className={`inline-block rounded-pill border px-2 text-sm whitespace-nowrap leading-6 font-medium ${COLOURS[state] ?? 'border-brand text-brand'}`}
    >
      {word('state', state)}
    </span>
  );
}
