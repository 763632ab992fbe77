/** The driver's pages, which have nothing of the shop around them. */
import { createRoute } from '@tanstack/react-router';
import { dayIn } from '@/lib/days.ts';
import { lazily, signedInOnly } from '@/lib/lazily.ts';
import { type Key, learn, t } from '@/lib/messages.ts';
import { whoever } from '@/lib/session.ts';
import { root } from '@/root.ts';
import { WaitingAlone } from '@/ui/waiting.tsx';

const LAST = 'driver-person';

/** Whose acts wait on this device is known even when nobody can be asked. */
function drives(person: string | undefined): string {
  if (person) localStorage.setItem(LAST, person);
  return person ?? localStorage.getItem(LAST) ?? '';
}

const loader = async () => drives((await whoever())?.person);

const head = (title: Key) => async () => {
  await learn('driver');
  return { meta: [{ title: `${t(title)} · ${t('site.name')}` }] };
};

const driver = createRoute({
  getParentRoute: () => root,
  path: '/driver',
  pendingComponent: WaitingAlone,
  beforeLoad: signedInOnly,
  loader,
  head: head('driver.title'),
  component: lazily('driver', async () => {
    const [page] = await Promise.all([import('./page.tsx'), learn('own'), learn('reasons')]);
    return page;
  }),
});

const earnings = createRoute({
  getParentRoute: () => root,
  path: '/driver/earnings',
  pendingComponent: WaitingAlone,
  validateSearch: ({ week }: { week?: unknown }): { week?: string } =>
    dayIn(week) ? { week: String(week) } : {},
  beforeLoad: signedInOnly,
  loader,
  head: head('driver.earnings'),
  component: lazily('driver', async () => {
    const [page] = await Promise.all([import('./earnings.tsx'), learn('own')]);
    return page;
  }),
});

export const driverPages = [driver, earnings] as const;
