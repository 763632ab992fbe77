import { Link, useLocation } from '@tanstack/react-router';
import { useEffect, useState } from 'react';
import { t } from '@/lib/messages.ts';
import { useSending } from '@/lib/sending.ts';
import { signOut } from '@/lib/session.ts';
import { secondary } from '@/ui/button.ts';
import { Palette } from './palette/palette.tsx';
import { sections } from './sections.ts';

const item =
  'flex min-h-11 items-center rounded-sm px-3 font-medium hover:bg-bg [&.active]:bg-brand-soft [&.active]:text-brand';

interface Shown {
  name?: string;
  /** What there is to go to. */
  open?: 'all' | 'audited';
}

/** At the side of a desk's screen; behind a button on a telephone's. */
export function Navigation({ name, open }: Shown) {
  const [unfolded, setUnfolded] = useState(false);
  const { pathname } = useLocation();
  // biome-ignore lint/correctness/useExhaustiveDependencies: it folds when another page is there
  useEffect(() => setUnfolded(false), [pathname]);
  return (
    <header className="border-hairline bg-surface max-lg:border-b lg:border-e print:hidden">
      <div className="lg:sticky lg:top-0 lg:flex lg:h-dvh lg:flex-col lg:overflow-y-auto">
        <div className="flex min-h-15 items-center gap-2 px-4 lg:ps-6 lg:pe-3">
          <p className="me-auto shrink-0 text-xl font-bold whitespace-nowrap text-brand">{t('site.name')}</p>
          {open && <Palette all={open === 'all'} />}
          {open && (
            <button
              type="button"
              aria-expanded={unfolded}
              aria-controls="operator-pages"
              onClick={() => setUnfolded(!unfolded)}
              className={`${secondary} lg:hidden`}
            >
              {t('operator.menu')}
            </button>
          )}
        </div>
        <div
          id="operator-pages"
          className={`flex-1 flex-col gap-6 px-1 pb-4 lg:px-3 lg:flex ${unfolded || !open ? 'flex' : 'hidden'}`}
        >
          {open && (
            <nav aria-label={t('nav.main')} className="space-y-4">
              {sections.map(({ title, pages }) => {
                const shown = pages.filter((one) => open === 'all' || one.audited);
                return shown.length === 0 ? null : (
                  <div key={title}>
                    <p id={title} className="px-3 py-1 text-sm font-semibold text-muted">
                      {t(title)}
                    </p>
                    <ul aria-labelledby={title}>
                      {shown.map(({ to, name }) => (
                        <li key={to}>
                          <Link to={to} activeOptions={{ includeSearch: false }} className={item}>
                            {t(name)}
                          </Link>
                        </li>
                      ))}
                    </ul>
                  </div>
                );
              })}
            </nav>
          )}
          <div className="mt-auto space-y-2 px-3">
            {name && <p className="text-sm text-muted">{t('operator.as', { name })}</p>}
            <SignOut />
          </div>
        </div>
      </div>
    </header>
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
      {t('account.signOut')}
    </button>
  );
}
