import type { ReactNode } from 'react';
import { number } from '@/lib/format.ts';
import { Bar } from '@/ui/waiting.tsx';

interface Shown {
  title: string;
  /** What is said where there is nothing. */
  none: string;
  items?: { id: string; shown: ReactNode }[];
  /** How many there are, where these are not all. */
  count?: number;
  /** The way to the others. */
  more?: ReactNode;
}

export function Column({ title, none, items, count = items?.length, more }: Shown) {
  return (
    <section aria-label={title} aria-busy={!items} className="min-w-0">
      <h2 className="flex items-baseline gap-2 text-xl">
        {title}
        {items && count !== undefined && (
          <span className="rounded-pill bg-brand-soft px-2 text-base tabular-nums">{number(count)}</span>
        )}
      </h2>
      {items?.length === 0 && <p className="mt-3 text-muted">{none}</p>}
      {!items && <Bar className="mt-3 h-56 w-full" />}
      <ul className="mt-3 divide-y divide-hairline rounded-md border border-hairline bg-surface empty:hidden">
        {items?.map(({ id, shown }) => (
          <li key={id} className="relative p-3 hover:bg-bg">
            {shown}
          </li>
        ))}
      </ul>
      {more}
    </section>
  );
}
