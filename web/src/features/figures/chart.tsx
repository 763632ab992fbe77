import { useState } from 'react';
import { day as dayOf, number } from '@/lib/format.ts';
import { t } from '@/lib/messages.ts';

interface Shown {
  /** What it shows, for who does not see it. */
  label: string;
  columns: { day: string; value: number }[];
  /** A value in words. */
  say: (value: number) => string;
}

/** A round number that is no less: 1, 2 or 5 and zeros. */
export function ceiling(value: number): number {
  if (value <= 0) return 1;
  const power = 10 ** Math.floor(Math.log10(value));
  return (([1, 2, 5, 10].find((step) => step * power >= value) ?? 10) as number) * power;
}

/** A column a day. All of it is in the table too. */
export function Columns({ label, columns, say }: Shown) {
  const [at, setAt] = useState<number>();
  const top = ceiling(Math.max(...columns.map(({ value }) => value)));
  const pointed = at === undefined ? undefined : columns[at];
  const first = columns[0]?.day ?? '';
  const last = columns.at(-1)?.day ?? '';
  return (
    <figure className="mt-4">
      <figcaption className="min-h-6 text-sm text-muted">
        {pointed ? t('figures.point', { day: dayOf(pointed.day), value: say(pointed.value) }) : label}
      </figcaption>
      <div className="mt-2 grid grid-cols-[auto_minmax(0,1fr)] gap-x-3">
        <div
          aria-hidden="true"
          className="flex h-56 flex-col justify-between text-end text-sm text-muted tabular-nums"
        >
          <span className="-mt-2.5">{say(top)}</span>
          <span>{say(top / 2)}</span>
          <span className="-mb-2.5">{number(0)}</span>
        </div>
        <svg
          role="img"
          aria-label={label}
          viewBox={`0 0 ${columns.length} 100`}
          preserveAspectRatio="none"
          onPointerLeave={() => setAt(undefined)}
          className="h-56 w-full overflow-visible rtl:-scale-x-100"
        >
          {[0, 50, 100].map((y) => (
            <line
              key={y}
              x2={columns.length}
              y1={y}
              y2={y}
              vectorEffect="non-scaling-stroke"
              className="stroke-hairline"
            />
          ))}
          {columns.map(({ day, value }, place) => {
            const height = Math.max((value / top) * 100, value > 0 ? 0.8 : 0);
            return (
              <g key={day} onPointerEnter={() => setAt(place)}>
                <rect x={place} width={1} height={100} className="fill-transparent" />
                <rect
                  x={place + 0.12}
                  y={100 - height}
                  width={0.76}
                  height={height}
                  className={at === place ? 'fill-accent' : 'fill-brand'}
                />
              </g>
            );
          })}
        </svg>
        <div />
        <p aria-hidden="true" className="mt-1 flex justify-between text-sm text-muted">
          <span>{dayOf(first)}</span>
          {last !== first && <span>{dayOf(last)}</span>}
        </p>
      </div>
    </figure>
  );
}

/** How large something is beside the largest, within a table. */
export function Bar({ share }: { share: number }) {
  return (
    <svg aria-hidden="true" className="block h-3 w-full rtl:-scale-x-100">
      <rect width={`${Math.max(share * 100, 0.5)}%`} height="100%" rx="2" className="fill-brand" />
    </svg>
  );
}
