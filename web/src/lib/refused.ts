/** What the house says no with, in the reader's words: by its codes, and as it said it where nobody knows them. */
import type { Schema } from '@tipple/api';
import { day, moment, money, number } from './format.ts';
import { known, locales, t, word } from './messages.ts';
import type { Problem, Words } from './network.ts';
import type { Sentence } from './said.ts';

type Facts = Record<string, unknown>;

/** What is said of the whole, where there are words for it, without names where each field is in sight, and of each. */
export function inWords(problem: Problem): Words {
  const fields = (problem.errors ?? []).map((one) => [one.field, asField(one)] as const);
  const [whole, placed] = [ofWhole(problem, true), ofWhole(problem, false)];
  return { whole, placed, fields: Object.fromEntries(fields) };
}

function asField({ message, code, limit }: Schema<'FieldProblem'>): Sentence {
  const text = known(`field.${code}`, { n: limit ?? 0 });
  return text ? { text } : { text: message, foreign: true };
}

function ofWhole(problem: Problem, named: boolean): string | undefined {
  const { code, field, errors } = problem;
  if (code === 'invalid-input' && errors?.length) {
    const all = errors.map((one) => asField(one));
    // A name is of no language that the reader chose: it stays in one piece.
    const name = (at: number) => (named ? `\u2068${errors[at]?.field}\u2069: ` : '');
    return all.some(({ foreign }) => foreign)
      ? undefined
      : all.map(({ text }, at) => name(at) + text).join(' ');
  }
  const { type: _, title, detail, status, request_id, errors: __, ...facts } = problem as Problem & Facts;
  const values = { ...valuesOf(facts), why: because(facts.cause) };
  const at = field?.split('.').at(-1);
  return known(`refused.${code}.${at}`, values) ?? known(`refused.${code}`, values);
}

interface Reason {
  rule: string;
  detail: string;
  facts?: Facts;
}

/** Why the law does not allow it. */
export function reasonOf({ rule, detail, facts = {} }: Reason): Sentence {
  const text = known(`reason.${rule}.${facts.says}`, valuesOf(facts)) ?? known(`reason.${rule}`);
  return text ? { text } : { text: detail, foreign: true };
}

/** Facts as messages take them. */
export function valuesOf(facts: Facts): Record<string, string> {
  const zone = typeof facts.zone === 'string' ? facts.zone : undefined;
  return Object.fromEntries(
    Object.entries(facts).map(([name, value]) => [name, inText(name, value, zone)] as const),
  );
}

function inText(name: string, value: unknown, zone?: string): string {
  if (name === 'class')
    return value ? word('class', `${value}`).toLocaleLowerCase(locales()) : t('sells.alcohol');
  if (name === 'day') return day(`${value}`);
  if (name === 'at') return atDoor(`${value}`, zone);
  if (name === 'until') return moment(`${value}`, zone);
  if (Array.isArray(value)) return value.map((one) => partOf(one)).join(' ');
  if (typeof value === 'number') return number(value);
  if (isMoney(value)) return money(value);
  return `${value ?? ''}`;
}

/** Why something stands in the way, as a clause. */
export const because = (cause: unknown) => known(`cause.${cause}`) ?? t('cause.unknown');

/** A weekday and a time, as hours of sale go. */
const atDoor = (at: string, timeZone?: string) =>
  new Intl.DateTimeFormat(locales(), {
    weekday: 'long',
    hour: 'numeric',
    minute: '2-digit',
    timeZone,
  }).format(new Date(at));

/** One of several reasons, or of what there is too little of. */
function partOf(one: unknown): string {
  if (typeof one !== 'object' || one === null) return `${one}`;
  if ('rule' in one) return reasonOf(one as Reason).text;
  return 'name' in one && 'free' in one ? `${one.name} (${number(Number(one.free))}).` : '';
}

const isMoney = (value: unknown): value is Schema<'Money'> =>
  typeof value === 'object' && value !== null && 'amount' in value && 'currency' in value;
