import { known } from '@/lib/messages.ts';

/** A kind of drink within a wider one, the widest first. */
export function categoriesAround(path: string): string[] {
  const parts = path.split('/').filter(Boolean);
  return parts.map((_, at) => parts.slice(0, at + 1).join('/'));
}

/** What the catalogue calls a kind that nobody has named: the words of its slug, each with a capital. */
const unnamed = (slug: string) =>
  slug.replaceAll('-', ' ').replace(/\b[a-z]/g, (letter) => letter.toUpperCase());

/**
 * `spirits/whiskey/bourbon` for people, once the area `kinds` is learnt: as an operator has named it, where that is
 * said, else in the reader's words, else by its slug.
 */
export function categoryName(path: string, name?: string): string {
  const last = path.split('/').at(-1) ?? path;
  if (name && name !== unnamed(last)) return name;
  return known(`kind.${path}`) ?? last.charAt(0).toUpperCase() + last.slice(1).replaceAll('-', ' ');
}
