/** Amounts as one types them: a plain number in whole units of the currency. */
import type { Schema } from '@tipple/api';

function digits(currency: string): number {
  const format = new Intl.NumberFormat('en', { style: 'currency', currency });
  return format.resolvedOptions().maximumFractionDigits ?? 2;
}

export function typed({ amount, currency }: Schema<'Money'>): string {
  const decimals = digits(currency);
  return (amount / 10 ** decimals).toFixed(decimals);
}

/** Minor units; none where it is no amount in that currency. */
export function minor(text: string, currency: string): number | undefined {
  const decimals = digits(currency);
  const parts = /^(\d{1,9})(?:[.,](\d*))?$/.exec(text.trim());
  const [, whole = '', fraction = ''] = parts ?? [];
  if (!parts || fraction.length > decimals) return undefined;
  return Number(whole + fraction.padEnd(decimals, '0'));
}

/** What a field for an amount takes, as a pattern. */
export function amounts(currency: string): string {
  const decimals = digits(currency);
  return `\\s*\\d{1,9}${decimals > 0 ? `([.,]\\d{0,${decimals}})?` : ''}\\s*`;
}

/** Parts per million of a percentage that somebody typed. */
export function ppm(percentage: string): number {
  return Math.round(Number(percentage.trim().replace(',', '.')) * 10_000);
}

/** What a field for a percentage takes, as a pattern. */
export const PERCENTAGES = '\\s*\\d{1,3}([.,]\\d{1,4})?\\s*';
