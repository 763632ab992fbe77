import { Link } from '@tanstack/react-router';
import type { Answer } from '@tipple/api';
import { distance } from '@/lib/format.ts';
import { Selling } from './selling.tsx';

type Store = Answer<'/v1/catalogue/stores'>['items'][number];

export function StoreCard({ store, under = 'h2' }: { store: Store; under?: 'h1' | 'h2' }) {
  const Heading = under === 'h1' ? 'h2' : 'h3';
  return (
    <article className="relative h-full rounded-md border border-hairline bg-surface p-4 hover:border-control">
      <Heading className="text-base">
        <Link
          to="/s/$store"
          params={{ store: store.store }}
          className="after:absolute after:inset-0 after:rounded-md"
        >
          {store.name}
        </Link>
      </Heading>
      <p className="text-sm text-muted">
        <bdi>{store.address}</bdi>
        {store.distance_m != null && <> · {distance(store.distance_m)}</>}
      </p>
      <Selling store={store} className="mt-2 text-sm" />
    </article>
  );
}
