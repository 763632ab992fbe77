import { Link } from '@tanstack/react-router';
import type { Schema } from '@tipple/api';
import { distance } from '@/lib/format.ts';
import { t } from '@/lib/messages.ts';
import { primary, secondary } from '@/ui/button.ts';
import { Empty } from '@/ui/empty.tsx';
import { PlaceButton } from './line.tsx';

export interface Shown {
  /** The nearest store, which does not deliver there either. */
  nearest: Schema<'CatalogueStoreView'> | undefined;
  heading?: 'h2' | 'h3';
}

/** No store delivers there: what to do next. */
export function Page({ nearest, heading }: Shown): React.ReactNode {
  const { name = '', distance_m } = nearest ?? {};
  const text = nearest
    ? t('stores.far.nearest', { name, distance: distance(distance_m ?? 0) })
    : t('stores.far.none');
  return (
    <Empty heading={heading} title={t('stores.far')} text={text}>
      <div className="flex flex-wrap justify-center gap-3">
        <PlaceButton className={primary}>{t('place.other')}</PlaceButton>
        {nearest && (
          <Link to="/s/$store" params={{ store: nearest.store }} className={secondary}>
            {t('stores.far.look')}
          </Link>
        )}
      </div>
    </Empty>
  );
}
