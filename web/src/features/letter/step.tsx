import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { me } from '@/features/account/requests.ts';
import { forget, type Letter } from '@/lib/letter.ts';
import { t } from '@/lib/messages.ts';
import { useSending } from '@/lib/sending.ts';
import { signOut, useSignedIn } from '@/lib/session.ts';
import { primary, quiet, secondary } from '@/ui/button.ts';
import { Narrow } from '@/ui/narrow.tsx';
import { Said } from '@/ui/said.tsx';
import { Bar } from '@/ui/waiting.tsx';
import { ToAccount } from './account.tsx';
import { isRefused } from './refused.ts';

interface Shown {
  /** What is shown to be the visitor's, or taken by them. */
  of: 'email' | 'phone' | 'invitation';
  letter: Letter | undefined;
  use: (letter: Letter) => Promise<unknown>;
  /** Another way for who is not signed in. */
  strangers?: ReactNode;
  /** How to get another letter. */
  another?: ReactNode;
  /** Where to go from here once it is done. */
  next: ReactNode;
}

/** What the link of a letter does for the account of whoever is signed in: at a press, for mail is read by machines too. */
export function Step({ of, letter, use, strangers, another, next }: Shown) {
  const page = of === 'invitation' ? '/invitation' : (`/confirm-${of}` as const);
  const signedIn = useSignedIn();
  const { data: known, error } = useQuery({ ...me, enabled: signedIn });
  const step = useSending(
    async () => letter && use(letter),
    () => forget(page),
  );
  const out = useSending(signOut, () => step.reset());
  if (step.isSuccess) {
    return (
      <Narrow title={t(`letter.${of}.title`)}>
        <p role="status" className="mb-6">
          {t(`letter.${of}.done`)}
        </p>
        {next}
      </Narrow>
    );
  }
  if (!letter) {
    return (
      <Narrow title={t(`letter.${of}.title`)}>
        <p className="mb-6">{t('letter.none')}</p>
        {another ?? (
          <Link to="/" className={secondary}>
            {t('missing.home')}
          </Link>
        )}
      </Narrow>
    );
  }
  if (!signedIn) {
    return (
      <Narrow title={t(`letter.${of}.title`)}>
        <p className="mb-6">{t(`letter.${of}.stranger`)}</p>
        <p className="flex flex-wrap gap-3">
          <Link to="/sign-in" search={{ to: page }} className={primary}>
            {t('signIn.title')}
          </Link>
          {strangers}
        </p>
      </Narrow>
    );
  }
  const failed = step.error ?? out.error ?? error;
  return (
    <Narrow title={t(`letter.${of}.title`)}>
      {known ? (
        <p className="mb-2">
          {t('letter.as')} <bdi>{known.email ?? known.given_name}</bdi>
        </p>
      ) : (
        !error && <Bar className="mb-2 h-6 w-64" />
      )}
      <p className="mb-6">{t(`letter.${of}.text`)}</p>
      {failed && (
        <p role="alert" className="mb-6 rounded-sm bg-accent-soft p-3 text-danger">
          {isRefused(failed) ? t(`letter.${of}.refused`) : <Said of={failed} />}
        </p>
      )}
      <p className="flex flex-wrap items-center gap-3">
        <button
          type="button"
          aria-busy={step.isPending}
          disabled={step.isPending}
          onClick={() => step.mutate(undefined)}
          className={primary}
        >
          {t(`letter.${of}.submit`)}
        </button>
        {/* An address that is not confirmed yet is confirmed there. */}
        {isRefused(failed) && (another ?? (known?.email_verified === false && <ToAccount />))}
        <button
          type="button"
          aria-busy={out.isPending}
          onClick={() => out.mutate(undefined)}
          className={quiet}
        >
          {t('letter.other')}
        </button>
      </p>
    </Narrow>
  );
}
