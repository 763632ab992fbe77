import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { t } from '@/lib/messages.ts';
import { secondary } from '@/ui/button.ts';
import { useKept } from './kept.ts';
import { OFFER } from './offer.tsx';
import { notices } from './queue.ts';

interface Shown {
  name?: string | null;
  /** How many acts wait to be sent. */
  waiting: number;
  /** Whether the house cannot be reached just now. */
  cut: boolean;
  /** Whether another order is offered, below what is done now. */
  offered: boolean;
  children: ReactNode;
}

/** What stands around each step: who drives, what waits, and what has to be known. */
export function Frame({ name, waiting, cut, offered, children }: Shown) {
  return (
    <div className="flex min-h-dvh flex-col">
      <header className="sticky top-0 z-10 border-b border-hairline bg-surface">
        {/* As high with all of it as with the name alone: what comes must not push away what is just being pressed. */}
        <div className="mx-auto flex min-h-16 max-w-2xl items-center gap-3 px-4">
          <p className="min-w-0 flex-1 truncate text-lg leading-[3.5rem] font-bold text-brand">
            {name ? t('driver.hello', { name }) : t('driver.title')}
          </p>
          <p
            role="status"
            className="flex min-w-0 flex-col items-end gap-0.5 text-sm leading-4.5 font-semibold sm:flex-row sm:gap-2"
          >
            {cut && (
              <span className="rounded-pill border border-danger px-2 sm:px-3">{t('driver.offline')}</span>
            )}
            {waiting > 0 && (
              <span className="rounded-pill bg-ink px-2 text-bg tabular-nums sm:px-3">
                {t('driver.waits', { n: waiting })}
              </span>
            )}
          </p>
          {offered && (
            <button
              type="button"
              onClick={() => document.getElementById(OFFER)?.focus()}
              className="min-h-14 max-w-24 shrink-0 rounded-pill bg-brand px-3 leading-tight font-semibold text-on-brand sm:max-w-none sm:px-4"
            >
              {t('driver.offer')}
            </button>
          )}
          <Link
            to="/account"
            className="flex min-h-14 shrink-0 items-center px-1 underline underline-offset-4"
          >
            {t('driver.account')}
          </Link>
        </div>
      </header>
      <main id="content" tabIndex={-1} className="mx-auto w-full max-w-2xl flex-1 px-4 py-6 outline-none">
        <Notices />
        {cut && waiting > 0 && <p className="mb-4 rounded-sm bg-accent-soft p-3">{t('driver.known')}</p>}
        {children}
      </main>
    </div>
  );
}

function Notices() {
  const all = useKept(notices);
  return (
    <div role="alert">
      {all.map(({ id, text }) => (
        <section
          key={id}
          aria-label={t('driver.notices')}
          className="mb-4 rounded-md border-2 border-danger bg-surface p-4"
        >
          <p className="text-lg">{text}</p>
          <button
            type="button"
            onClick={() => notices.drop((one) => one.id === id)}
            className={`${secondary} mt-3 min-h-14`}
          >
            {t('driver.seen')}
          </button>
        </section>
      ))}
    </div>
  );
}
