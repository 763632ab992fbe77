/** Money, measures and times as the reader writes them. */
import type { Schema } from '@tipple/api';
import { locales } from './messages.ts';

type Money = Schema<'Money'>;

/** ISO 4217 minor units, whose number `Intl` knows by the currency. */
export function money({ amount, currency }: Money): string {
  const format = new Intl.NumberFormat(locales(), { style: 'currency', currency });
  const digits = format.resolvedOptions().maximumFractionDigits ?? 2;
  return format.format(amount / 10 ** digits);
}

/** From hundredths of a percent. */
export function strength(basisPoints: number): string {
  const style = { style: 'percent', maximumFractionDigits: 1 } as const;
  return new Intl.NumberFormat(locales(), style).format(basisPoints / 10_000);
}

export function volume(millilitres: number): string {
  const litres = millilitres >= 1000;
  const unit = litres ? 'liter' : 'milliliter';
  const style = { style: 'unit', unit, maximumFractionDigits: 2 } as const;
  return new Intl.NumberFormat(locales(), style).format(litres ? millilitres / 1000 : millilitres);
}

export function number(value: number, digits = 0): string {
  return new Intl.NumberFormat(locales(), { maximumFractionDigits: digits }).format(value);
}

export function country(code: string): string {
  return new Intl.DisplayNames(locales(), { type: 'region' }).of(code) ?? code;
}

/** When something is, at the place where it is. */
export function moment(at: string, timeZone?: string): string {
  const style = { dateStyle: 'medium', timeStyle: 'short', timeZone } as const;
  return new Intl.DateTimeFormat(locales(), style).format(new Date(at));
}

export function clock(at: string, timeZone?: string): string {
  return new Intl.DateTimeFormat(locales(), { timeStyle: 'short', timeZone }).format(new Date(at));
}

/** From one time of day to another, be that the next day's. */
export function span(from: string, to: string, timeZone?: string): string {
  if (date(from, timeZone) !== date(to, timeZone)) return `${clock(from, timeZone)} – ${clock(to, timeZone)}`;
  const format = new Intl.DateTimeFormat(locales(), { timeStyle: 'short', timeZone });
  return format.formatRange(new Date(from), new Date(to));
}

/** On which day something is, at the place where it is. */
export function date(at: string, timeZone?: string): string {
  const style = { weekday: 'long', day: 'numeric', month: 'long', timeZone } as const;
  return new Intl.DateTimeFormat(locales(), style).format(new Date(at));
}

/** On which day, and from one time of it to another. */
export function within(from: string, to: string, timeZone?: string): string {
  const style = {
    weekday: 'short',
    day: 'numeric',
    month: 'short',
    hour: 'numeric',
    minute: 'numeric',
  } as const;
  return new Intl.DateTimeFormat(locales(), { ...style, timeZone }).formatRange(new Date(from), new Date(to));
}

/** A day of the calendar, wherever. */
export function day(date: string): string {
  const style = { dateStyle: 'long', timeZone: 'UTC' } as const;
  return new Intl.DateTimeFormat(locales(), style).format(new Date(`${date}T00:00Z`));
}

/** From one day of the calendar to another. */
export function days(from: string, to: string): string {
  const style = { day: 'numeric', month: 'short', year: 'numeric', timeZone: 'UTC' } as const;
  const [first, last] = [from, to].map((one) => new Date(`${one}T00:00Z`)) as [Date, Date];
  return new Intl.DateTimeFormat(locales(), style).formatRange(first, last);
}

/** As the crow flies. */
export function distance(metres: number): string {
  const far = metres >= 1000;
  const style = {
    style: 'unit',
    unit: far ? 'kilometer' : 'meter',
    maximumFractionDigits: far ? 1 : 0,
  } as const;
  return new Intl.NumberFormat(locales(), style).format(far ? metres / 1000 : metres);
}

/** A day of the week, Monday being the first. */
export function weekday(place: number): string {
  // 1 January 2024 was a Monday.
  const date = new Date(Date.UTC(2024, 0, 1 + place));
  return new Intl.DateTimeFormat(locales(), { weekday: 'long', timeZone: 'UTC' }).format(date);
}

/** From parts per million. */
export function percent(ppm: number): string {
  const style = { style: 'percent', maximumFractionDigits: 4 } as const;
  return new Intl.NumberFormat(locales(), style).format(ppm / 1_000_000);
}
