import { useNavigate } from '@tanstack/react-router';
import { t } from '@/lib/messages.ts';
import { Failed } from '@/lib/network.ts';
import { useSending } from '@/lib/sending.ts';
import { signOut } from '@/lib/session.ts';
import { secondary } from '@/ui/button.ts';
import { Said } from '@/ui/said.tsx';

/** Factors are changed by whoever has just shown that they are themselves. */
const AGAIN = ['second-factor-needed', 'sign-in-again'];

/** The way out and in again, and back here. */
export function SignInAgain() {
  const navigate = useNavigate();
  const again = useSending(signOut, () =>
    navigate({ to: '/sign-in', search: { to: '/account/second-factor' } }),
  );
  return (
    <>
      <button
        type="button"
        aria-busy={again.isPending}
        onClick={() => again.mutate(undefined)}
        className={secondary}
      >
        {t('factor.again')}
      </button>
      {again.error && (
        <span role="alert" className="ms-3 text-danger">
          <Said of={again.error} />
        </span>
      )}
    </>
  );
}

/** The same where the house has asked for it. */
export function AgainAfter({ failed }: { failed: Error | null }) {
  if (!(failed instanceof Failed) || !AGAIN.includes(failed.problem.code)) return null;
  return (
    <p className="mt-3">
      <SignInAgain />
    </p>
  );
}
