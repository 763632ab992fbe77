/** How buttons look, and links that are as weighty as one. */
const base =
  'inline-flex min-h-11 items-center justify-center gap-2 rounded-pill px-5 font-semibold disabled:cursor-default disabled:opacity-60 aria-busy:opacity-60';

export const primary = `${base} bg-brand text-on-brand`;
export const secondary = `${base} border border-control bg-surface hover:border-ink`;
export const dangerous = `${base} border border-danger bg-surface text-danger`;
/** Within a line of text. */
export const quiet = 'min-h-11 px-1 font-medium text-brand underline underline-offset-4';
export const card = 'rounded-md border border-hairline bg-surface p-4';
/** Within the border of a group of choices, rather than on it. */
export const legend = 'float-left w-full text-xl font-semibold leading-tight';
/** Ways to the parts of a page; the one that is shown is underlined. */
export const tabs = 'mt-4 flex flex-wrap gap-x-6 border-b border-hairline';
export const tab =
  '-mb-px flex min-h-11 items-center border-b-2 border-transparent px-1 font-medium aria-[current=page]:border-brand aria-[current=page]:text-brand';
