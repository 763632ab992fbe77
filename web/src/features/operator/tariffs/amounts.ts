/** Duties as they are typed: in whole units of the currency for a litre, with as many decimals as they need. */
import { minor } from '@/lib/amount.ts';

const MICROS = 1_000_000;
const unit = (currency: string) => (minor('1', currency) ?? 100) * MICROS;

export const perLitre = (micros: number, currency: string) => micros / unit(currency);

/** Millionths of a minor unit. */
export const micros = (text: string, currency: string) =>
  Math.round(Number(text.trim().replace(',', '.')) * unit(currency));

export const DUTIES = '\\s*\\d{1,9}([.,]\\d{1,8})?\\s*';

/** A part of a whole: no more than 100 percent. */
export const SHARES = '\\s*(100([.,]0{1,4})?|\\d{1,2}([.,]\\d{1,4})?)\\s*';
