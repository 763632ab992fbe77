import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { t } from '@/lib/messages.ts';
import { card, primary, quiet, tab, tabs } from '@/ui/button.ts';

interface Shown {
  /** Whether something is being made. */
  making: boolean;
  open: (making: boolean) => void;
  text: string;
  /** What was made last. */
  made?: string;
  children: ReactNode;
}

/** What stands above both lists: the way to the other, and something new. */
export function Making({ making, open, text, made, children }: Shown) {
  return (
    <>
      <h1>{t('offers.title')}</h1>
      <nav aria-label={t('offers.kinds')} className={tabs}>
        <Link to="/operator/coupons" activeOptions={{ includeSearch: false }} className={tab}>
          {t('offers.coupons')}
        </Link>
        <Link to="/operator/promotions" activeOptions={{ includeSearch: false }} className={tab}>
          {t('offers.promotions')}
        </Link>
      </nav>
      <p role="status" className="mt-4 font-medium text-success empty:hidden">
        {made}
      </p>
      {making ? (
        <section aria-label={text} className={`${card} mt-4`}>
          {children}
          <button type="button" onClick={() => open(false)} className={`${quiet} mt-2`}>
            {t('sure.no')}
          </button>
        </section>
      ) : (
        <button type="button" onClick={() => open(true)} className={`${primary} mt-4`}>
          {text}
        </button>
      )}
    </>
  );
}
