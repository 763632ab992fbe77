/** All that the site says, by key, in the reader's language. */
import { type Messages, setupI18n } from '@lingui/core';
import type account from '../../messages/en/account.json';
import type address from '../../messages/en/address.json';
import type after from '../../messages/en/after.json';
import type age from '../../messages/en/age.json';
import type basket from '../../messages/en/basket.json';
import type bill from '../../messages/en/bill.json';
import type books from '../../messages/en/books.json';
import type checkout from '../../messages/en/checkout.json';
import type curation from '../../messages/en/curation.json';
import type driver from '../../messages/en/driver.json';
import type entry from '../../messages/en/entry.json';
import type extras from '../../messages/en/extras.json';
import type factors from '../../messages/en/factors.json';
import type far from '../../messages/en/far.json';
import type figures from '../../messages/en/figures.json';
import type handling from '../../messages/en/handling.json';
import type help from '../../messages/en/help.json';
import type kinds from '../../messages/en/kinds.json';
import type law from '../../messages/en/law.json';
import type ledger from '../../messages/en/ledger.json';
import type letter from '../../messages/en/letter.json';
import type map from '../../messages/en/map.json';
import type names from '../../messages/en/names.json';
import type offers from '../../messages/en/offers.json';
import type operator from '../../messages/en/operator.json';
import type order from '../../messages/en/order.json';
import type own from '../../messages/en/own.json';
import type people from '../../messages/en/people.json';
import type proposals from '../../messages/en/proposals.json';
import type reasons from '../../messages/en/reasons.json';
import type refused from '../../messages/en/refused.json';
import type rest from '../../messages/en/rest.json';
import type shop from '../../messages/en/shop.json';
import type stores from '../../messages/en/stores.json';
import type tariffs from '../../messages/en/tariffs.json';
import type vendor from '../../messages/en/vendor.json';
import type zones from '../../messages/en/zones.json';

/** What is learnt at once, since it is needed together. */
interface Areas {
  account: typeof account;
  address: typeof address;
  after: typeof after;
  age: typeof age;
  basket: typeof basket;
  bill: typeof bill;
  books: typeof books;
  checkout: typeof checkout;
  curation: typeof curation;
  driver: typeof driver;
  entry: typeof entry;
  extras: typeof extras;
  factors: typeof factors;
  far: typeof far;
  figures: typeof figures;
  handling: typeof handling;
  help: typeof help;
  kinds: typeof kinds;
  law: typeof law;
  ledger: typeof ledger;
  letter: typeof letter;
  map: typeof map;
  names: typeof names;
  offers: typeof offers;
  operator: typeof operator;
  order: typeof order;
  own: typeof own;
  people: typeof people;
  proposals: typeof proposals;
  reasons: typeof reasons;
  refused: typeof refused;
  rest: typeof rest;
  shop: typeof shop;
  stores: typeof stores;
  tariffs: typeof tariffs;
  vendor: typeof vendor;
  zones: typeof zones;
}
export type Area = keyof Areas;
export type Key = { [One in Area]: keyof Areas[One] }[Area];
export type Language = 'en' | 'he';

export const languages: Record<Language, { name: string; direction: 'ltr' | 'rtl' }> = {
  en: { name: 'English', direction: 'ltr' },
  he: { name: 'עברית', direction: 'rtl' },
};

const i18n = setupI18n();

// The house is taught at once: it has no network to learn by.
const texts: Record<string, () => Promise<Messages>> = import.meta.env.SSR
  ? {}
  : import.meta.glob<Messages>('../../messages/*/*.json', { import: 'default' });

/** Fetches what an area says. */
export async function learn(area: Area): Promise<void> {
  const text = await texts[`../../messages/${i18n.locale}/${area}.json`]?.();
  if (text) i18n.load(i18n.locale, text);
}

export function teach(language: Language, messages: Messages) {
  i18n.load(language, messages);
}

/** A page is in one language: another one is another load. */
export function speak(language: Language, locale: string = language) {
  i18n.activate(language, [locale, language]);
}

export function language(): Language {
  return i18n.locale as Language;
}

/** Where money and time are written as the reader is used to. */
export function locales(): string[] {
  return (i18n.locales as string[] | undefined) ?? [i18n.locale];
}

export function t(key: Key, values?: Record<string, string | number>): string {
  return i18n._(key, values);
}

/** A message whose key is put together, where there is one. */
export function known(key: string, values?: Record<string, string | number>): string | undefined {
  return key in i18n.messages ? i18n._(key, values) : undefined;
}

/** A message whose key is put together from what the server says; the last part as it is where there is none. */
export function word(group: string, value: string): string {
  const key = `${group}.${value}`;
  return key in i18n.messages ? i18n._(key) : value;
}
