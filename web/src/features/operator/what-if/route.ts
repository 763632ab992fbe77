import { createRoute } from '@tanstack/react-router';
import type { Schema } from '@tipple/api';
import { dayIn } from '@/lib/days.ts';
import { lazily } from '@/lib/lazily.ts';
import { titled, within } from '../operator.ts';

export const KINDS: Schema<'AddressKind'>[] = [
  'home',
  'office',
  'hotel',
  'campus',
  'hostel',
  'hospital',
  'other',
];
export const MOMENTS: Schema<'ComplianceMoment'>[] = ['cart', 'placement', 'dispatch', 'door'];

/** So long a driver is mostly away, in minutes. */
export const AWAY = 45;

/** A sale that might be, as the address of the page tells it. */
export interface Supposed {
  store?: string;
  lat?: number;
  lon?: number;
  /** By the clock at the store: `2027-03-26T23:10`; now where there is none. */
  at?: string;
  kind?: Schema<'AddressKind'>;
  moment?: Schema<'ComplianceMoment'>;
  born?: string;
  /** How many of each. */
  n?: number;
  /** What one costs, as typed. */
  price?: string;
  /** In how many minutes the driver is back at the store. */
  away?: number;
}

const text = (value: unknown, form: RegExp) =>
  typeof value === 'string' && form.test(value) ? value : undefined;
const whole = (value: unknown, least: number, most: number) =>
  Number.isSafeInteger(value) && Number(value) >= least ? Math.min(Number(value), most) : undefined;
const degrees = (value: unknown, most: number) =>
  typeof value === 'number' && Math.abs(value) <= most ? value : undefined;

export function supposed(asked: Record<string, unknown>): Supposed {
  const all: Supposed = {
    store: text(asked.store, /^[0-9a-f-]{36}$/),
    lat: degrees(asked.lat, 90),
    lon: degrees(asked.lon, 180),
    at: Number.isNaN(Date.parse(`${asked.at}:00Z`))
      ? undefined
      : text(asked.at, /^\d{4}-\d\d-\d\dT\d\d:\d\d$/),
    kind: KINDS.find((one) => one === asked.kind),
    moment: MOMENTS.find((one) => one === asked.moment),
    born: dayIn(asked.born),
    n: whole(asked.n, 1, 999),
    away: whole(asked.away, 0, 1440),
    price:
      typeof asked.price === 'string' || typeof asked.price === 'number'
        ? String(asked.price).slice(0, 12)
        : undefined,
  };
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined));
}

const whatIf = createRoute({
  ...within,
  path: '/what-if',
  validateSearch: supposed,
  head: titled('law', 'whatIf.title'),
  component: lazily('law', () => import('./page.tsx')),
});

export const whatIfPages = [whatIf];
