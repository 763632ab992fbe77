import { Link, Outlet, useLocation, useRouter } from '@tanstack/react-router';
import { useEffect, useRef } from 'react';
import { t } from '@/lib/messages.ts';
import { useSending } from '@/lib/sending.ts';
import { signOut, useSignedIn } from '@/lib/session.ts';
import { primary, secondary } from '@/ui/button.ts';
import { Empty } from '@/ui/empty.tsx';
import { ProblemPage } from '@/ui/problem.tsx';
import { Waiting } from '@/ui/waiting.tsx';
import { Bell } from './bell.tsx';
import { ChosenStore, type Store, useMay, useStores } from './stores.ts';

const item =
  'flex min-h-11 shrink-0 items-center rounded-sm px-1 font-medium hover:text-brand [&.active]:text-brand [&.active]:underline underline-offset-8';

/** What every page of the portal has around it, for one store. */
export function Page(): React.ReactNode {
  const { stores, store, known, waiting, error, again } = useStores();
  const signedIn = useSignedIn();
  const router = useRouter();
  useEffect(() => {
    // The session has ended, here or in another tab: to sign in, and back.
    if (!signedIn) void router.invalidate();
  }, [signedIn, router]);
  return (
    <ChosenStore value={store}>
      <div className="flex min-h-dvh flex-col">
        <a
          href="#content"
          className="sr-only focus:not-sr-only focus:fixed focus:z-20 focus:m-2 focus:rounded-sm focus:bg-surface focus:p-3"
        >
          {t('site.skip')}
        </a>
        <header className="border-b border-hairline bg-surface print:hidden">
          <div className="mx-auto flex max-w-7xl flex-wrap items-center gap-x-3 gap-y-2 px-4 py-2 md:gap-x-4">
            <p className="text-xl font-bold text-brand">{t('site.name')}</p>
            {store && <Choice stores={stores} store={store} />}
            <div className="ms-auto flex gap-2">
              {store && <Bell key={store.store} />}
              <SignOut />
            </div>
          </div>
          {store && <Links />}
        </header>
        <main id="content" tabIndex={-1} className="mx-auto w-full max-w-7xl flex-1 px-4 py-6 outline-none">
          {store && known ? (
            // Nothing that was begun at one store goes on at another.
            <Outlet key={store.store} />
          ) : error ? (
            <ProblemPage error={error} again={again} />
          ) : waiting ? (
            <Waiting />
          ) : stores.length > 0 ? (
            <NotTheirs stores={stores} />
          ) : (
            <NoStore />
          )}
        </main>
      </div>
    </ChosenStore>
  );
}

function Choice({ stores, store }: { stores: Store[]; store: Store }) {
  const router = useRouter();
  return (
    <select
      aria-label={t('vendor.store')}
      value={store.store}
      onChange={({ target }) => void router.navigate({ to: '.', search: { store: target.value } })}
      className="h-11 min-w-0 flex-1 basis-24 rounded-sm border border-control bg-bg px-3 font-medium md:max-w-96"
    >
      {stores.map((one) => (
        <option key={one.store} value={one.store}>
          {one.name}
        </option>
      ))}
    </select>
  );
}

function Links() {
  const may = useMay();
  const links = useRef<HTMLElement>(null);
  const { pathname } = useLocation();
  const complaints = may('complaints');
  // On a telephone they are one line, which is moved sideways; where one is stays in sight.
  // biome-ignore lint/correctness/useExhaustiveDependencies: each page has another link, and some links come later
  useEffect(() => {
    const here = links.current?.querySelector('[aria-current=page]');
    here?.scrollIntoView?.({ block: 'nearest', inline: 'center' });
  }, [pathname, complaints]);
  return (
    <nav
      ref={links}
      aria-label={t('nav.main')}
      className="mx-auto flex max-w-7xl gap-x-4 overflow-x-auto px-4 [scrollbar-width:none] md:flex-wrap"
    >
      <Link to="/vendor/orders" activeOptions={{ includeSearch: false }} className={item}>
        {t('vendor.orders')}
      </Link>
      {complaints && (
        <Link to="/vendor/complaints" activeOptions={{ includeSearch: false }} className={item}>
          {t('vendor.complaints')}
        </Link>
      )}
      <Link to="/vendor/products" activeOptions={{ exact: true, includeSearch: false }} className={item}>
        {t('vendor.products')}
      </Link>
      <Link to="/vendor/products/import" activeOptions={{ includeSearch: false }} className={item}>
        {t('vendor.nav.file')}
      </Link>
      <Link to="/vendor/hours" activeOptions={{ includeSearch: false }} className={item}>
        {t('vendor.nav.hours')}
      </Link>
      <Link to="/vendor/zone" activeOptions={{ includeSearch: false }} className={item}>
        {t('vendor.nav.zone')}
      </Link>
      {may('store_staff') && (
        <Link to="/vendor/staff" activeOptions={{ includeSearch: false }} className={item}>
          {t('vendor.nav.staff')}
        </Link>
      )}
      {may('sales') && (
        <Link to="/vendor/analytics" activeOptions={{ includeSearch: false }} className={item}>
          {t('vendor.nav.figures')}
        </Link>
      )}
      {may('payouts') && (
        <Link to="/vendor/payouts" activeOptions={{ includeSearch: false }} className={item}>
          {t('vendor.nav.payouts')}
        </Link>
      )}
      <Link to="/" className={`${item} ms-auto`}>
        {t('vendor.nav.shop')}
      </Link>
    </nav>
  );
}

function SignOut() {
  const out = useSending(signOut);
  return (
    <button
      type="button"
      aria-busy={out.isPending}
      onClick={() => out.mutate(undefined)}
      className={`${secondary} px-3`}
    >
      <svg
        viewBox="0 0 24 24"
        aria-hidden="true"
        className="size-5 fill-none stroke-current stroke-2 sm:hidden"
      >
        <path
          d="M10 4H5v16h5M14 8l4 4-4 4M18 12H9"
          strokeLinecap="round"
          strokeLinejoin="round"
          className="rtl:-scale-x-100 rtl:origin-center"
        />
      </svg>
      <span className="max-sm:sr-only">{t('account.signOut')}</span>
    </button>
  );
}

/** The address names a store that is not theirs, or none that there is. */
function NotTheirs({ stores }: { stores: Store[] }) {
  return (
    <>
      <h1>{t('vendor.title')}</h1>
      <Empty title={t('vendor.notTheirs')} text={t('vendor.notTheirs.text')}>
        <ul className="mx-auto max-w-96 space-y-2">
          {stores.map(({ store, name }) => (
            <li key={store}>
              <Link to="." search={{ store }} className={`${secondary} w-full [overflow-wrap:anywhere]`}>
                <bdi>{name}</bdi>
              </Link>
            </li>
          ))}
        </ul>
      </Empty>
    </>
  );
}

function NoStore() {
  return (
    <>
      <h1>{t('vendor.title')}</h1>
      <Empty title={t('vendor.none')} text={t('vendor.none.text')}>
        <Link to="/" className={primary}>
          {t('vendor.shop')}
        </Link>
      </Empty>
    </>
  );
}
