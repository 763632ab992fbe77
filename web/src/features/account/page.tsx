import { Link, useNavigate } from '@tanstack/react-router';
import { part } from '@/lib/lazily.ts';
import { t } from '@/lib/messages.ts';
import { useSending } from '@/lib/sending.ts';
import { signOut } from '@/lib/sign-out.ts';
import { secondary } from '@/ui/button.ts';
import { Later } from '@/ui/later.tsx';
import { Said } from '@/ui/said.tsx';
import { Bar } from '@/ui/waiting.tsx';
import { Contact } from './contact/contact.tsx';
import { Profile } from './profile.tsx';

const Rest = part(() => import('./rest.tsx'), 'rest');

/** All that is the visitor's own. */
export function Page(): React.ReactNode {
  const navigate = useNavigate();
  const out = useSending(signOut, () => navigate({ to: '/' }));
  return (
    <>
      <h1>{t('account.title')}</h1>
      <p className="mt-4 flex flex-wrap gap-3">
        <Link to="/orders" className={secondary}>
          {t('orders.title')}
        </Link>
        <button
          type="button"
          aria-busy={out.isPending}
          onClick={() => out.isPending || out.mutate(undefined)}
          className={secondary}
        >
          {t('account.signOut')}
        </button>
      </p>
      {out.error && (
        <p role="alert" className="mt-2 text-danger">
          <Said of={out.error} />
        </p>
      )}
      <div className="mt-6 grid gap-6 lg:grid-cols-2">
        <Profile />
        <Contact />
        <Later room={<Bar className="h-[90rem] lg:col-span-2" />}>
          <Rest />
        </Later>
      </div>
    </>
  );
}
