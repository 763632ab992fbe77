/** Of what a score is made. */
import { number } from '@/lib/format.ts';
import { t } from '@/lib/messages.ts';
import type { Ranked } from './requests.ts';

export const PARTS = ['popular', 'trending', 'favourite', 'clicks', 'views'] as const;
type Part = (typeof PARTS)[number];

/** Nothing at all comes below zero at times. */
export const points = (part: number) => number(part + 0, 2);

const FILLS: Record<Part, string> = {
  popular: 'fill-brand',
  trending: 'fill-accent',
  favourite: 'fill-info',
  clicks: 'fill-warn',
  views: 'fill-control',
};

interface Shown {
  ranked?: Ranked;
  score: number;
  /** The highest score, which is as long as there is room. */
  most: number;
}

/** The parts side by side; how long they are together says how the score stands beside the highest. */
export function PartsBar({ ranked, score, most }: Shown) {
  const share = (value: number) => (most > 0 ? (value / most) * 100 : 0);
  let end = 0;
  return (
    <svg aria-hidden="true" className="mt-1 block h-2 w-full rtl:-scale-x-100">
      <rect width="100%" height="100%" className="fill-hairline" />
      {!ranked && <rect width={`${share(score)}%`} height="100%" className="fill-brand" />}
      {ranked &&
        PARTS.map((part) => {
          const from = end;
          end += share(ranked.parts[part]);
          return (
            <rect
              key={part}
              x={`${from}%`}
              width={`${share(ranked.parts[part])}%`}
              height="100%"
              className={FILLS[part]}
            />
          );
        })}
    </svg>
  );
}

/** Which colour is which part. */
export function Legend() {
  return (
    <ul aria-label={t('picks.parts')} className="mt-4 flex flex-wrap gap-x-5 gap-y-1 text-sm text-muted">
      {PARTS.map((part) => (
        <li key={part} className="flex items-center gap-2">
          <svg aria-hidden="true" viewBox="0 0 10 10" className={`size-3 ${FILLS[part]}`}>
            <rect width="10" height="10" rx="2" />
          </svg>
          {t(`picks.part.${part}`)}
        </li>
      ))}
    </ul>
  );
}

/** The same in numbers, and what was counted. */
export function PartsList({ ranked: { place, parts, counts } }: { ranked: Ranked }) {
  return (
    <div className="mt-2 rounded-sm border border-hairline bg-bg p-3 text-sm">
      <p className="font-medium">{t('picks.byScore', { place })}</p>
      <dl className="mt-1 flex flex-wrap gap-x-6 gap-y-1">
        {PARTS.map((part) => (
          <div key={part} className="flex gap-2">
            <dt className="text-muted">{t(`picks.part.${part}`)}</dt>
            <dd className="tabular-nums">{points(parts[part])}</dd>
          </div>
        ))}
      </dl>
      <p className="mt-1 text-muted">
        {t('picks.counts', {
          orders: number(counts.orders),
          favourites: number(counts.favourites),
          clicks: number(counts.clicks),
          views: number(counts.views),
        })}
      </p>
    </div>
  );
}
