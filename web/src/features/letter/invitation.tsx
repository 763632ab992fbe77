import { getRouteApi, Link } from '@tanstack/react-router';
import { useState } from 'react';
import { Work } from '@/features/account/work.tsx';
import { t } from '@/lib/messages.ts';
import { send } from '@/lib/send.ts';
import { anew, type Session } from '@/lib/session.ts';
import { secondary } from '@/ui/button.ts';
import { Step } from './step.tsx';

const route = getRouteApi('/shop/invitation');

/** A role that was offered by letter. */
export function Page(): React.ReactNode {
  const [session, setSession] = useState<Session | null>(null);
  return (
    <Step
      of="invitation"
      letter={route.useLoaderData()}
      use={async (body) => {
        await send('post', '/v1/accounts/invitations/accept', { body });
        // The token of before gives way to one with the role.
        setSession(await anew());
      }}
      strangers={
        <Link to="/sign-up" search={{ to: '/invitation' }} className={secondary}>
          {t('signUp.title')}
        </Link>
      }
      next={<Work session={session} />}
    />
  );
}
