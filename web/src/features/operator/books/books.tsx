import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { t } from '@/lib/messages.ts';
import { tab, tabs } from '@/ui/button.ts';

const PAGES = [
  ['/operator/books', 'books.balance'],
  ['/operator/books/statements', 'books.statements'],
  ['/operator/books/payouts', 'books.payouts'],
  ['/operator/books/settlements', 'books.settlements'],
  ['/operator/books/limits', 'books.limits'],
  ['/operator/books/documents', 'books.documents'],
] as const;

/** What all pages about money have in common. */
export function Books({ children }: { children: ReactNode }) {
  return (
    <>
      <h1>{t('books.title')}</h1>
      <nav aria-label={t('books.pages')} className={tabs}>
        {PAGES.map(([to, name]) => (
          <Link
            key={to}
            to={to}
            activeOptions={{ exact: to === '/operator/books', includeSearch: false }}
            className={tab}
          >
            {t(name)}
          </Link>
        ))}
      </nav>
      {children}
    </>
  );
}
