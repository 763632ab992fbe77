/** What every page of the shop has around it. */
import { Link, Outlet } from '@tanstack/react-router';
import { t } from './lib/messages.ts';
import { SearchBox } from './ui/search-box.tsx';

export function Frame() {
  return (
    <div className="flex min-h-dvh flex-col">
      <a
        href="#content"
        className="sr-only focus:not-sr-only focus:fixed focus:z-20 focus:m-2 focus:rounded-sm focus:bg-surface focus:p-3"
      >
        {t('site.skip')}
      </a>
      <header className="sticky top-0 z-10 border-b border-hairline bg-surface">
        <nav
          aria-label={t('nav.main')}
          className="mx-auto flex max-w-6xl flex-wrap items-center gap-x-4 gap-y-2 px-4 py-2"
        >
          <Link to="/" className="text-xl font-bold text-brand">
            {t('site.name')}
          </Link>
          <SearchBox />
          <Link to="/stores" className="flex min-h-11 items-center ms-auto font-medium [&.active]:text-brand">
            {t('nav.stores')}
          </Link>
        </nav>
      </header>
      <main id="content" className="mx-auto w-full max-w-6xl flex-1 px-4 py-6">
        <Outlet />
      </main>
      <footer className="border-t border-hairline bg-surface text-sm text-muted">
        <p className="mx-auto max-w-6xl px-4 py-6">{t('site.adults')}</p>
      </footer>
    </div>
  );
}
