import type { Answer } from '@tipple/api';
import { t } from '@/lib/messages.ts';
import { usePlace } from '@/lib/place.ts';
import { primary, secondary } from '@/ui/button.ts';
import { type Reading, Unread } from '@/ui/unread.tsx';
import { Pin, PlaceButton } from './line.tsx';

/**
 * The first question of the shop: where to. What is there once it is answered is as high as the question, so
 * that nothing moves for who has answered it before.
 */
export function PlaceFirst({ read }: { read: Reading & { data?: Answer<'/v1/catalogue/stores'> } }) {
  const place = usePlace();
  const now = read.data?.items.filter(({ sells }) => sells.now).length;
  return (
    <section
      aria-label={t('place.title')}
      className="mt-4 flex flex-wrap items-center justify-between gap-x-6 gap-y-3 rounded-md border border-hairline bg-brand-soft p-4 print:hidden"
    >
      <div className="min-w-0 basis-64 grow">
        <h2 className="flex items-center gap-2 text-xl">
          <Pin />
          <bdi className="truncate">{place ? place.label : t('place.title')}</bdi>
        </h2>
        <div className="mt-1 min-h-12 sm:min-h-6">
          {place ? now !== undefined && t('place.now', { n: now }) : t('place.why')}
          {/* No higher than what it stands for. */}
          <div className="-my-2.5 empty:hidden">{place && !read.data && <Unread of={read} />}</div>
        </div>
      </div>
      <PlaceButton className={`shrink-0 ${place ? secondary : primary}`}>
        {t(place ? 'place.other' : 'place.ask')}
      </PlaceButton>
    </section>
  );
}
