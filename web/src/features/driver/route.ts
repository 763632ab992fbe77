/** The driver's page, which has nothing of the shop around it. */
import { createRoute } from '@tanstack/react-router';
import { lazily, signedInOnly } from '@/lib/lazily.ts';
import { learn, t } from '@/lib/messages.ts';
import { whoever } from '@/lib/session.ts';
import { root } from '@/root.ts';
import { WaitingAlone } from '@/ui/waiting.tsx';

const LAST = 'driver-person';

/** Whose acts wait on this device is known even when nobody can be asked. */
function drives(person: string | undefined): string {
  if (person) localStorage.setItem(LAST, person);
  return person ?? localStorage.getItem(LAST) ?? '';
}

export const driver = createRoute({
  getParentRoute: () => root,
  path: '/driver',
  pendingComponent: WaitingAlone,
  beforeLoad: signedInOnly,
  loader: async () => drives((await whoever())?.person),
  head: async () => {
    await learn('driver');
    return { meta: [{ title: `${t('driver.title')} · ${t('site.name')}` }] };
  },
  component: lazily('driver', async () => {
    const [page] = await Promise.all([import('./page.tsx'), learn('own')]);
    return page;
  }),
});
