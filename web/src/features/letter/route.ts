/** Where links in letters lead: each has what it needs after the `#`, in whichever browser it is opened. */
import { createRoute } from '@tanstack/react-router';
import { lazily } from '@/lib/lazily.ts';
import { kept, opened } from '@/lib/letter.ts';
import { type Key, learn, t } from '@/lib/messages.ts';
import { shop } from '@/shop.tsx';
import { Waiting } from '@/ui/waiting.tsx';

const under = { getParentRoute: () => shop, pendingComponent: Waiting, beforeLoad: opened } as const;

const titled = (key: Key) => async () => {
  await learn('letter');
  return { meta: [{ title: `${t(key)} · ${t('site.name')}` }] };
};

const resetPassword = createRoute({
  ...under,
  path: '/reset-password',
  loader: () => kept('/reset-password'),
  head: titled('letter.password.title'),
  component: lazily('letter', () => import('./password.tsx'), 'own', 'entry'),
});

const confirmEmail = createRoute({
  ...under,
  path: '/confirm-email',
  loader: () => kept('/confirm-email'),
  head: titled('letter.email.title'),
  component: lazily('letter', () => import('./email.tsx'), 'own', 'entry'),
});

const confirmPhone = createRoute({
  ...under,
  path: '/confirm-phone',
  loader: () => kept('/confirm-phone'),
  head: titled('letter.phone.title'),
  component: lazily('letter', () => import('./phone.tsx'), 'own', 'entry'),
});

const invitation = createRoute({
  ...under,
  path: '/invitation',
  loader: () => kept('/invitation'),
  head: titled('letter.invitation.title'),
  component: lazily('letter', () => import('./invitation.tsx'), 'own', 'entry'),
});

export const letterPages = [resetPassword, confirmEmail, confirmPhone, invitation] as const;
