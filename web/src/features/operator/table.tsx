/** Tables for desks; on a telephone each row is a card of its own. */
import type { ReactNode } from 'react';
import { Bar } from '@/ui/waiting.tsx';

interface Shown {
  caption: string;
  /** Names of the columns; those of numbers stand at the end. */
  columns: { name: string; end?: boolean; hidden?: boolean }[];
  children: ReactNode;
}

export function Table({ caption, columns, children }: Shown) {
  return (
    <table className="mt-4 w-full rounded-md border border-hairline bg-surface max-md:block">
      <caption className="sr-only">{caption}</caption>
      <thead className="max-md:sr-only">
        <tr className="text-sm text-muted">
          {columns.map(({ name, end, hidden }) => (
            <th
              key={name}
              scope="col"
              className={`px-3 py-2 font-medium whitespace-nowrap ${end ? 'text-end' : 'text-start'}`}
            >
              <span className={hidden ? 'sr-only' : ''}>{name}</span>
            </th>
          ))}
        </tr>
      </thead>
      <tbody className="max-md:block">{children}</tbody>
    </table>
  );
}

/** A row that leads somewhere as a whole, where something in it has `covering`. */
export function Row({ children }: { children: ReactNode }) {
  return (
    <tr className="relative border-t border-hairline hover:bg-bg max-md:block max-md:p-3 max-md:first:border-t-0">
      {children}
    </tr>
  );
}

/** A link over the whole row that it is in. */
export const covering = 'font-semibold after:absolute after:inset-0';

interface CellShown {
  /** What stands before it on a telephone, where there is no head of a table. */
  name?: string;
  end?: boolean;
  children: ReactNode;
}

export function Cell({ name, end, children }: CellShown) {
  return (
    <td
      className={`px-3 py-2 align-top [overflow-wrap:anywhere] max-md:flex max-md:gap-2 max-md:p-0 ${end ? 'tabular-nums md:text-end' : ''}`}
    >
      {name && <span className="shrink-0 text-sm leading-6 text-muted md:hidden">{name}</span>}
      <div className="min-w-0">{children}</div>
    </td>
  );
}

/** As many rows as mostly come. */
export function ComingRows({ columns, rows = 10 }: { columns: number; rows?: number }) {
  return Array.from({ length: rows }, (_, place) => (
    // biome-ignore lint/suspicious/noArrayIndexKey: they are all the same
    <tr key={place} className="border-t border-hairline max-md:block">
      <td colSpan={columns} className="p-3 max-md:block">
        <Bar className="h-6 w-full max-md:h-24" />
      </td>
    </tr>
  ));
}
