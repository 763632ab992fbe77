import { useSuspenseQuery } from '@tanstack/react-query';
import { createRoute } from '@tanstack/react-router';
import { PlaceLine, useReaching } from '@/features/place/line.tsx';
import { t } from '@/lib/messages.ts';
import { reading } from '@/lib/reading.ts';
import { shop } from '@/shop.tsx';
import { StoreCard } from '@/ui/store-card.tsx';

const all = reading('/v1/catalogue/stores', { query: { limit: 100 } });

export const stores = createRoute({
  getParentRoute: () => shop,
  path: '/stores',
  loader: ({ context: { readings } }) => readings.ensureQueryData(all),
  head: () => ({
    meta: [
      { title: `${t('stores.title')} · ${t('site.name')}` },
      { name: 'description', content: t('site.tagline') },
    ],
  }),
  component: Stores,
});

function Stores() {
  const { data } = useSuspenseQuery(all);
  const reaching = useReaching();
  return (
    <>
      <h1>{t(reaching ? 'stores.reaching' : 'stores.title')}</h1>
      <PlaceLine />
      {data.items.length === 0 && <p className="mt-4 text-muted">{t('stores.none')}</p>}
      {reaching?.length === 0 && <p className="mt-4 text-muted">{t('stores.far')}</p>}
      <ul className="mt-4 grid gap-3 md:grid-cols-2 lg:grid-cols-3">
        {(reaching ?? data.items).map((store) => (
          <li key={store.store}>
            <StoreCard store={store} under="h1" />
          </li>
        ))}
      </ul>
    </>
  );
}
