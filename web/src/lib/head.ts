/** What a page says of itself to those who do not see it. */

interface Said {
  meta?: unknown;
}

interface Meta {
  title?: string;
  name?: string;
  content?: string;
  'script:ld+json'?: unknown;
}

/** The innermost page's word counts. */
export function headOf(matches: readonly Said[]) {
  const all = matches.flatMap(({ meta }) => (meta ?? []) as (Meta | undefined)[]);
  return {
    title: all.findLast((one) => one?.title)?.title ?? 'Tipple',
    description: all.findLast((one) => one?.name === 'description')?.content ?? '',
    about: all.findLast((one) => one?.['script:ld+json'])?.['script:ld+json'],
  };
}
