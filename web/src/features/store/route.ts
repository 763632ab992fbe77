import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import type { Answer } from '@tipple/api';
import { t } from '@/lib/messages.ts';
import { shop } from '@/shop.tsx';
import { rangeOf, storeOf } from './requests.ts';

export const store = createRoute({
  getParentRoute: () => shop,
  path: '/s/$store',
  loader: async ({ context: { readings }, params }) => {
    const [shown] = await Promise.all([
      readings.ensureQueryData(storeOf(params.store)),
      readings.ensureInfiniteQueryData(rangeOf(params.store)),
    ]);
    return shown;
  },
  head: ({ loaderData }) => ({
    meta: loaderData
      ? [
          { title: `${loaderData.name} · ${t('site.name')}` },
          { name: 'description', content: `${loaderData.name}, ${loaderData.address}` },
          // Only who is not a browser reads it.
          ...(import.meta.env.SSR ? [{ 'script:ld+json': about(loaderData) }] : []),
        ]
      : [],
  }),
  component: lazyRouteComponent(() => import('./page.tsx'), 'Page'),
});

/** A store as schema.org describes one. */
const about = ({ name, address, place }: Answer<'/v1/catalogue/stores/{store}'>) => ({
  '@context': 'https://schema.org',
  '@type': 'LiquorStore',
  name,
  address,
  geo: { '@type': 'GeoCoordinates', latitude: place.lat, longitude: place.lon },
});
