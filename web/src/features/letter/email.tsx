import { getRouteApi } from '@tanstack/react-router';
import { send } from '@/lib/send.ts';
import { ToAccount } from './account.tsx';
import { Step } from './step.tsx';

const route = getRouteApi('/shop/confirm-email');

/** The address that the letter came to becomes the account's. */
export function Page(): React.ReactNode {
  return (
    <Step
      of="email"
      letter={route.useLoaderData()}
      use={(body) => send('post', '/v1/accounts/email/change/confirm', { body })}
      another={<ToAccount />}
      next={<ToAccount />}
    />
  );
}
