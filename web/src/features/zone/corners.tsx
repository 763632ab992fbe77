import type { Place } from '@/features/map/projection.ts';
import { number } from '@/lib/format.ts';
import { t } from '@/lib/messages.ts';
import { quiet } from '@/ui/button.ts';
import { latitude, longitude, Typed } from './typed.tsx';

interface Shown {
  corners: Place[];
  change: (corners: Place[]) => void;
}

/** The corners one by one, for whoever does not draw. */
export function Corners({ corners, change }: Shown) {
  return (
    <fieldset>
      <legend className="mb-2 font-medium">{t('zones.corners')}</legend>
      {corners.length === 0 && <p className="text-muted">{t('zones.corners.none')}</p>}
      <ol className="max-h-96 space-y-2 overflow-y-auto p-1">
        {corners.map((corner, place) => {
          const n = number(place + 1);
          return (
            // biome-ignore lint/suspicious/noArrayIndexKey: a corner is nothing but its place in the ring
            <li key={place} className="flex flex-wrap items-center gap-2">
              <span className="w-6 text-end tabular-nums">{n}</span>
              <Typed
                label={t('zones.lat', { n })}
                value={corner.lat}
                fits={latitude}
                className="w-28"
                change={(lat) => change(corners.with(place, { ...corner, lat }))}
              />
              <Typed
                label={t('zones.lon', { n })}
                value={corner.lon}
                fits={longitude}
                className="w-28"
                change={(lon) => change(corners.with(place, { ...corner, lon }))}
              />
              <button
                type="button"
                onClick={() => change(corners.toSpliced(place, 1))}
                aria-label={t('zones.corner.remove', { n })}
                className={quiet}
              >
                {t('coupon.remove')}
              </button>
            </li>
          );
        })}
      </ol>
    </fieldset>
  );
}
