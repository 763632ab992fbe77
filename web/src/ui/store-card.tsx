import { Link } from '@tanstack/react-router';
import type { Answer } from '@tipple/api';
import { useSyncExternalStore } from 'react';
import { distance, moment } from '@/lib/format.ts';
import { t } from '@/lib/messages.ts';

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
      </p>
      <p className={`mt-2 text-sm font-medium ${store.open_now ? 'text-success' : 'text-muted'}`}>
        <Openness store={store} />
        {store.distance_m != null && <> · {distance(store.distance_m)}</>}
      </p>
    </article>
  );
}

/** Whether it is open and takes orders, or when it will. */
export function Openness({ store: { open_now, opens_at, paused, time_zone } }: { store: Store }) {
  // Where the house writes the page nobody knows of time zones, so the hour comes a moment later.
  const inBrowser = useSyncExternalStore(
    () => () => {},
    () => true,
    () => false,
  );
  if (open_now) return t('store.open');
  if (paused) {
    const time = moment(opens_at ?? paused.until, time_zone);
    return inBrowser ? t('store.paused', { time }) : t('store.pausing');
  }
  return opens_at && inBrowser ? t('store.opens', { time: moment(opens_at, time_zone) }) : t('store.closed');
}
