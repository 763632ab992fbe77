import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import type { Answer } from '@tipple/api';
import { aboutHouse } from '@/lib/about.ts';
import { t } from '@/lib/messages.ts';
import type { Failed } from '@/lib/network.ts';
import { shop } from '@/shop.tsx';
import { categories, drinksOf, openStores, picks } from './requests.ts';

export const home = createRoute({
  getParentRoute: () => shop,
  path: '/',
  loader: async ({ context: { readings } }) => {
    const picked = readings
      .ensureQueryData(picks)
      // The shop goes on without anybody's picks; where a page is being written they are still to be read.
      .catch((error: Failed): Answer<'/v1/insight/top-picks'> => {
        if (error.problem?.code === 'wanted') throw error;
        return { items: [] };
      })
      .then(({ items }) => items.map((pick) => pick.product));
    const [ids] = await Promise.all([
      picked.then(async (ids) => {
        await readings.ensureQueryData(drinksOf(ids));
        return ids;
      }),
      readings.ensureQueryData(categories),
      readings.ensureQueryData(openStores),
    ]);
    return ids;
  },
  head: () => ({
    meta: [
      { title: `${t('home.title')} · ${t('site.name')}` },
      { name: 'description', content: t('site.tagline') },
      ...(import.meta.env.SSR ? [{ 'script:ld+json': aboutHouse() }] : []),
    ],
  }),
  component: lazyRouteComponent(() => import('./page.tsx'), 'Page'),
});
