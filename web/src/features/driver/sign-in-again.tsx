import { Link } from '@tanstack/react-router';
import { t } from '@/lib/messages.ts';
import { go } from './look.ts';

/** What was done is kept; then the way leads back here. */
export function SignInAgain({ to }: { to: string }) {
  return (
    <section role="alert" className="mb-6 rounded-md border border-danger bg-surface p-4">
      <p className="mb-3">{t('driver.signIn')}</p>
      <Link to="/sign-in" search={{ to }} className={go}>
        {t('signIn.title')}
      </Link>
    </section>
  );
}
