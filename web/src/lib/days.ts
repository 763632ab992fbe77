/** Days of the calendar, as ISO 8601 writes them. */
import { locales } from './messages.ts';
import { byTheHouse } from './session.ts';

const DAY = /^\d{4}-\d\d-\d\d$/;

/** None where it is no day. */
export function dayIn(text: unknown): string | undefined {
  // 31 February would be one in March.
  return typeof text === 'string' && DAY.test(text) && shifted(text, 0) === text ? text : undefined;
}

/** Which day it is at a place. */
export function today(zone: string): string {
  // This is how Swedes write days, and ISO 8601.
  return new Intl.DateTimeFormat('sv', { timeZone: zone }).format(byTheHouse());
}

const [FIRST, LAST] = ['0000-01-01', '9999-12-31'].map((day) => Date.parse(day)) as [number, number];

/** So many days before a day, or after it, as far as years have four digits; empty where it is none. */
export function shifted(day: string, days: number): string {
  const at = Date.parse(`${day}T00:00Z`) + days * 86_400_000;
  return Number.isNaN(at) ? '' : new Date(Math.min(Math.max(at, FIRST), LAST)).toISOString().slice(0, 10);
}

/** The first day of the week that a day is in, as the reader counts weeks. */
export function weekOf(day: string): string {
  const place = new Date(`${day}T00:00Z`).getUTCDay() || 7;
  return shifted(day, -((place - firstDay() + 7) % 7));
}

/** Monday is 1. */
function firstDay(): number {
  const locale = new Intl.Locale(locales()[0] ?? 'en') as Intl.Locale & {
    getWeekInfo?: () => { firstDay: number };
    weekInfo?: { firstDay: number };
  };
  // Not every browser tells.
  return (locale.getWeekInfo?.() ?? locale.weekInfo)?.firstDay ?? 1;
}

/** Every day from one to the other. */
export function daysOf(from: string, to: string): string[] {
  const days: string[] = [];
  for (let day = from; day && day <= to && day !== days.at(-1) && days.length < 400; day = shifted(day, 1))
    days.push(day);
  return days;
}

/** Which days are meant where none or only one is named: thirty. */
export function spanOf(
  { from, to }: { from?: string; to?: string },
  zone: string,
): { from: string; to: string } {
  const last = to ?? today(zone);
  return { from: from ?? shifted(last, -29), to: last };
}
