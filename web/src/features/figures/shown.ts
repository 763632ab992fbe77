/** What is shown of the figures, so that a link leads to the same. */
import { notFound } from '@tanstack/react-router';
import { byTheHouse } from '@/lib/session.ts';

export const KINDS = ['sales', 'products', 'delivery'] as const;
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

const DAY = /^\d{4}-\d\d-\d\d$/;

export function shown({ from, to, store, measure, as }: Record<string, unknown>): Shown {
  const known = MEASURES.find((one) => one === measure);
  return {
    ...(DAY.test(String(from)) && { from: String(from) }),
    ...(DAY.test(String(to)) && { to: String(to) }),
    ...(typeof store === 'string' && store && { store }),
    ...(known && known !== 'net' && { measure: known }),
    ...(as === 'table' && { as }),
  };
}

/** Which day it is at a place. */
export function today(zone: string): string {
  // This is how Swedes write days, and ISO 8601.
  return new Intl.DateTimeFormat('sv', { timeZone: zone }).format(byTheHouse());
}

/** So many days before a day, or after it. */
export function shifted(day: string, days: number): string {
  const date = new Date(`${day}T00:00Z`);
  date.setUTCDate(date.getUTCDate() + days);
  return date.toISOString().slice(0, 10);
}

/** Every day from one to the other. */
export function daysOf(from: string, to: string): string[] {
  const days: string[] = [];
  for (let day = from; day <= to && days.length < 400; day = shifted(day, 1)) days.push(day);
  return days;
}

/** Which days are meant where none or only one is named. */
export function spanOf({ from, to }: Shown, zone: string): { from: string; to: string } {
  const last = to ?? today(zone);
  return { from: from ?? shifted(last, -29), to: last };
}
