/** What every page of the shop has around it. */
import { createRoute, Link, Outlet } from '@tanstack/react-router';
import { SearchBox } from './features/search/box.tsx';
import { useCount } from './lib/basket.ts';
import { t } from './lib/messages.ts';
import { useSignedIn } from './lib/session.ts';
import { root } from './root.ts';
import { Contact } from './ui/contact.tsx';

export const shop = createRoute({ getParentRoute: () => root, id: 'shop', component: Shop });

const item =
  'flex min-h-11 items-center rounded-sm px-1 font-medium hover:text-brand [&.active]:text-brand [&.active]:underline underline-offset-8';

function Shop() {
  return (
    <div className="flex min-h-dvh flex-col">
      <a
        href="#content"
        className="sr-only focus:not-sr-only focus:fixed focus:z-20 focus:m-2 focus:rounded-sm focus:bg-surface focus:p-3"
      >
        {t('site.skip')}
      </a>
      <header className="sticky top-0 z-10 border-b border-hairline bg-surface print:hidden">
        <nav
          aria-label={t('nav.main')}
          className="mx-auto flex max-w-6xl flex-wrap items-center gap-x-4 gap-y-1 px-4 py-2"
        >
          <Link to="/" className="me-auto flex min-h-11 items-center text-xl font-bold text-brand sm:me-0">
            {t('site.name')}
          </Link>
          <SearchBox />
          <Link to="/stores" className={item}>
            {t('nav.stores')}
          </Link>
          <Mine />
        </nav>
      </header>
      <main id="content" tabIndex={-1} className="outline-none mx-auto w-full max-w-6xl flex-1 px-4 py-6">
        <Outlet />
      </main>
      <footer className="border-t border-hairline bg-surface text-sm text-muted print:hidden">
        <div className="mx-auto flex max-w-6xl flex-wrap items-center gap-x-6 px-4 py-4">
          <p>{t('site.adults')}</p>
          <Link to="/help" className={item}>
            {t('nav.help')}
          </Link>
          <Contact />
        </div>
      </footer>
    </div>
  );
}

/** What belongs to the visitor. */
function Mine() {
  const signedIn = useSignedIn();
  const count = useCount();
  return (
    <>
      {signedIn ? (
        <Link to="/account" className={item}>
          {t('nav.account')}
        </Link>
      ) : (
        <Link to="/sign-in" className={item}>
          {t('nav.signIn')}
        </Link>
      )}
      <Link to="/basket" className={`${item} relative`}>
        {t('nav.basket')}
        {count > 0 && (
          // It comes a moment later, and nothing makes room for it.
          <span className="absolute -end-3 top-0 min-w-5 rounded-pill bg-brand px-1 text-center text-xs leading-5 text-on-brand tabular-nums">
            {count}
          </span>
        )}
      </Link>
    </>
  );
}
