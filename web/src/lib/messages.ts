/** All that the site says, by key, in the reader's language. */
import { setupI18n } from '@lingui/core';
import en from '../../messages/en.json';
import he from '../../messages/he.json';

export type Key = keyof typeof en;
export type Language = 'en' | 'he';

export const languages: Record<Language, { name: string; direction: 'ltr' | 'rtl' }> = {
  en: { name: 'English', direction: 'ltr' },
  he: { name: 'עברית', direction: 'rtl' },
};

const i18n = setupI18n({ messages: { en, he } });

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

/** A message whose key is put together from what the server says; the last part as it is where there is none. */
export function word(group: 'class' | 'container' | 'stock', value: string): string {
  const key = `${group}.${value}`;
  return key in en ? t(key as Key) : value;
}
