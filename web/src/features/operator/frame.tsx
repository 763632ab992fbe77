import { useQuery } from '@tanstack/react-query';
import { getRouteApi, Link, Outlet, useLocation, useRouter } from '@tanstack/react-router';
import { useEffect } from 'react';
import { t } from '@/lib/messages.ts';
import { reading } from '@/lib/reading.ts';
import { useSignedIn } from '@/lib/session.ts';
import { primary } from '@/ui/button.ts';
import { Empty } from '@/ui/empty.tsx';
import { ProblemPage } from '@/ui/problem.tsx';
import { Waiting } from '@/ui/waiting.tsx';
import { may } from './myself.ts';
import { Navigation } from './navigation.tsx';
import { audited, openTo } from './sections.ts';

const route = getRouteApi('/operator');

/** What every page of the operator's has around it. */
export function Page(): React.ReactNode {
  const { mustEnrol } = route.useLoaderData();
  const { data: me, error, refetch } = useQuery(reading('/v1/accounts/me', {}));
  const signedIn = useSignedIn();
  const router = useRouter();
  useEffect(() => {
    // The session has ended, here or in another tab: to sign in, and back.
    if (!signedIn) void router.invalidate();
  }, [signedIn, router]);
  const { pathname } = useLocation();
  const ways = useQuery(may);
  const open = ways.data && openTo(ways.data.may);
  return (
    <div className="min-h-dvh lg:grid lg:grid-cols-[15rem_minmax(0,1fr)] print:block">
      <a
        href="#content"
        className="sr-only focus:not-sr-only focus:fixed focus:z-20 focus:m-2 focus:rounded-sm focus:bg-surface focus:p-3"
      >
        {t('site.skip')}
      </a>
      <Navigation name={me && `${me.given_name} ${me.family_name}`} open={open} />
      <main id="content" tabIndex={-1} className="w-full max-w-7xl min-w-0 px-4 py-6 outline-none lg:px-8">
        {me && ways.data ? (
          open === 'all' || (open && audited(pathname)) ? (
            <Outlet />
          ) : (
            <Refused enrol={mustEnrol} />
          )
        ) : error || ways.error ? (
          <ProblemPage
            error={(error ?? ways.error) as Error}
            again={() => {
              void refetch();
              void ways.refetch();
            }}
          />
        ) : (
          <Waiting />
        )}
      </main>
    </div>
  );
}

function Refused({ enrol }: { enrol: boolean }) {
  return (
    <>
      <h1>{t('operator.title')}</h1>
      <Empty
        title={t(enrol ? 'operator.enrol' : 'operator.none')}
        text={t(enrol ? 'operator.enrol.text' : 'operator.none.text')}
      >
        {enrol ? (
          <Link to="/account/second-factor" className={primary}>
            {t('work.secondFactor')}
          </Link>
        ) : (
          <Link to="/" className={primary}>
            {t('operator.shop')}
          </Link>
        )}
      </Empty>
    </>
  );
}
