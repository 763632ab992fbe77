import type { ReactNode } from 'react';

/** A table of numbers, which is moved sideways where it does not fit. */
export function Scrolling({ label, children }: { label: string; children: ReactNode }) {
  return (
    <section
      aria-label={label}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls is reached by the keyboard
      tabIndex={0}
      className="mt-4 overflow-x-auto rounded-md border border-hairline bg-surface"
    >
      <table className="w-full">
        <caption className="sr-only">{label}</caption>
        {children}
      </table>
    </section>
  );
}

interface HeadingShown {
  text: string;
  start?: boolean;
  /** Whether the column is there where there is room alone. */
  wide?: boolean;
}

export function Heading({ text, start, wide }: HeadingShown) {
  return (
    <th
      scope="col"
      className={`px-3 py-2 font-medium whitespace-nowrap ${start ? 'text-start' : 'text-end'} ${wide ? 'max-md:hidden' : ''}`}
    >
      {text}
    </th>
  );
}
