import { Link, useNavigate } from '@tanstack/react-router';
import { t } from '@/lib/messages.ts';
import { useSending } from '@/lib/sending.ts';
import { signOut } from '@/lib/session.ts';
import { secondary } from '@/ui/button.ts';
import { Addresses } from './addresses.tsx';
import { Contact } from './contact/contact.tsx';
import { Data } from './data.tsx';
import { Favourites } from './favourites.tsx';
import { Methods } from './methods.tsx';
import { Profile } from './profile.tsx';
import { SecondFactor } from './second-factor.tsx';
import { Sessions } from './sessions.tsx';
import { Taste } from './taste.tsx';

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
        <button type="button" onClick={() => out.mutate(undefined)} className={secondary}>
          {t('account.signOut')}
        </button>
      </p>
      <div className="mt-6 grid gap-6 lg:grid-cols-2">
        <Profile />
        <Contact />
        <Addresses />
        <Taste />
        <Favourites />
        <Methods />
        <Sessions />
        <SecondFactor />
        <Data />
      </div>
    </>
  );
}
