import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { t } from '@/lib/messages.ts';
import { shop } from '@/shop.tsx';
import { all } from './requests.ts';

export const stores = createRoute({
  getParentRoute: () => shop,
  path: '/stores',
  loader: ({ context: { readings } }) => readings.ensureInfiniteQueryData(all),
  head: () => ({
    meta: [
      { title: `${t('stores.title')} · ${t('site.name')}` },
      { name: 'description', content: t('site.tagline') },
    ],
  }),
  component: lazyRouteComponent(() => import('./page.tsx'), 'Page'),
});
