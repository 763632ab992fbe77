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
