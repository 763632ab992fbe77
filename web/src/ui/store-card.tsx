import { Link } from '@tanstack/react-router';
import type { Answer } from '@tipple/api';
import { t } from '@/lib/messages.ts';

type Store = Answer<'/v1/catalogue/stores'>['items'][number];

export function StoreCard({ store }: { store: Store }) {
  return (
    <article className="relative h-full rounded-md border border-hairline bg-surface p-4 hover:border-control">
      <h3 className="text-base">
        <Link
          to="/s/$store"
          params={{ store: store.store }}
          className="after:absolute after:inset-0 after:rounded-md"
        >
          {store.name}
        </Link>
      </h3>
      <p className="text-sm text-muted">{store.address}</p>
      <p className={`mt-2 text-sm font-medium ${store.open_now ? 'text-success' : 'text-muted'}`}>
        {store.open_now ? t('store.open') : t('store.closed')}
      </p>
    </article>
  );
}
