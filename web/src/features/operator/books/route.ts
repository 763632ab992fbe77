/** The operator's pages about money. */
import { createRoute } from '@tanstack/react-router';
import type { Asked } from '@tipple/api';
import { dayIn } from '@/lib/days.ts';
import { lazily } from '@/lib/lazily.ts';
import { titled, within } from '../operator.ts';

type Search = Record<string, unknown>;

const CURRENCY = /^[A-Z]{3}$/;
const currencyIn = (currency: unknown) =>
  CURRENCY.test(String(currency)) ? { currency: String(currency) } : {};

const balance = createRoute({
  ...within,
  path: '/books',
  validateSearch: ({ at }: Search): { at?: string } =>
    Number.isNaN(Date.parse(String(at))) ? {} : { at: new Date(String(at)).toISOString() },
  head: titled('books', 'books.balance'),
  component: lazily('books', () => import('./balance.tsx'), 'ledger'),
});

/** As the house calls its accounts. */
type Account = Asked<'/v1/payments/books/entries'>['query']['account'];

interface Booked {
  account: Account;
  currency: string;
  party?: string;
}

const entries = createRoute({
  ...within,
  path: '/books/entries',
  validateSearch: ({ account, currency, party }: Search): Booked => ({
    account: (typeof account === 'string' ? account : 'sales') as Account,
    currency: currencyIn(currency).currency ?? 'USD',
    ...(typeof party === 'string' && { party }),
  }),
  head: titled('books', 'books.entries'),
  component: lazily('books', () => import('./entries.tsx'), 'ledger'),
});

/** Whose statement, in what money, of which days. */
interface Stated {
  vendor?: string;
  currency?: string;
  from?: string;
  to?: string;
}

const statements = createRoute({
  ...within,
  path: '/books/statements',
  validateSearch: ({ vendor, currency, from, to }: Search): Stated => ({
    ...(typeof vendor === 'string' && { vendor }),
    ...currencyIn(currency),
    ...(dayIn(from) && { from: dayIn(from) }),
    ...(dayIn(to) && { to: dayIn(to) }),
  }),
  head: titled('books', 'books.statements'),
  component: lazily('books', () => import('./statements.tsx'), 'ledger'),
});

const payouts = createRoute({
  ...within,
  path: '/books/payouts',
  head: titled('books', 'books.payouts'),
  component: lazily('books', () => import('./payouts.tsx')),
});

const settlements = createRoute({
  ...within,
  path: '/books/settlements',
  head: titled('books', 'books.settlements'),
  component: lazily('books', () => import('./settlements.tsx')),
});

const settlement = createRoute({
  ...within,
  path: '/books/settlements/$settlement',
  head: titled('books', 'books.settlements'),
  component: lazily('books', () => import('./settlement.tsx')),
});

const limits = createRoute({
  ...within,
  path: '/books/limits',
  validateSearch: ({ currency }: Search): { currency?: string } => currencyIn(currency),
  head: titled('books', 'books.limits'),
  component: lazily('books', () => import('./limits.tsx')),
});

/** Which documents. */
interface Filed {
  vendor?: string;
  kind?: Asked<'/v1/payments/documents'>['query']['kind'];
  year?: number;
}

const documents = createRoute({
  ...within,
  path: '/books/documents',
  validateSearch: ({ vendor, kind, year }: Search): Filed => ({
    ...(typeof vendor === 'string' && { vendor }),
    ...((kind === 'invoice' || kind === 'credit_note') && { kind }),
    ...(Number.isInteger(year) && Number(year) >= 2000 && Number(year) <= 9999 && { year: Number(year) }),
  }),
  head: titled('books', 'books.documents'),
  component: lazily('books', () => import('./documents.tsx')),
});

export const bookPages = [balance, entries, statements, payouts, settlements, settlement, limits, documents];
