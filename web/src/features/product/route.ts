import { createRoute } from '@tanstack/react-router';
import { lazily } from '@/lib/lazily.ts';
import { t } from '@/lib/messages.ts';
import type { Failed } from '@/lib/network.ts';
import { shop } from '@/shop.tsx';
import { aboutProduct } from './about.ts';
import { drinkOf, similarTo } from './requests.ts';

export const product = createRoute({
  getParentRoute: () => shop,
  path: '/p/$product',
  loader: async ({ context: { readings }, params }) => {
    const drink = await readings.ensureQueryData(drinkOf(params.product));
    // The page goes on without others of its kind; where it is being written they are still to be read.
    await readings.ensureQueryData({ ...similarTo(drink), retry: false }).catch((error: Failed) => {
      if (error.problem?.code === 'wanted') throw error;
    });
    return drink;
  },
  head: ({ loaderData: drink }) => ({
    meta: drink
      ? [
          { title: `${drink.name} · ${t('site.name')}` },
          { name: 'description', content: drink.description || `${drink.name}, ${drink.producer}` },
          // Only who is not a browser reads it.
          ...(import.meta.env.SSR ? [{ 'script:ld+json': aboutProduct(drink) }] : []),
        ]
      : [],
  }),
  component: lazily('kinds', () => import('./page.tsx')),
});
