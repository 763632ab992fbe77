/** What is shown of the figures, so that a link leads to the same. */
import { notFound } from '@tanstack/react-router';
import { dayIn } from '@/lib/days.ts';

export const KINDS = ['sales', 'products', 'delivery', 'funnel'] as const;
export type Kind = (typeof KINDS)[number];

/** The last part of an address that names a kind. */
export const kindOf = {
  parse: ({ kind }: { kind: string }): { kind: Kind } => {
    const known = KINDS.find((one) => one === kind);
    if (!known) throw notFound();
    return { kind: known };
  },
  stringify: ({ kind }: { kind: Kind }) => ({ kind }),
};

export const MEASURES = ['net', 'gross', 'orders', 'units'] as const;
export type Measure = (typeof MEASURES)[number];

export interface Shown {
  /** Days of the calendar, both included. */
  from?: string;
  to?: string;
  store?: string;
  measure?: Measure;
  as?: 'table';
}

export function shown({ from, to, store, measure, as }: Record<string, unknown>): Shown {
  const known = MEASURES.find((one) => one === measure);
  return {
    ...(dayIn(from) && { from: dayIn(from) }),
    ...(dayIn(to) && { to: dayIn(to) }),
    ...(typeof store === 'string' && store && { store }),
    ...(known && known !== 'net' && { measure: known }),
    ...(as === 'table' && { as }),
  };
}
