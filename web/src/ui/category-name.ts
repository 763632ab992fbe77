/** A kind of drink within a wider one, the widest first. */
export function categoriesAround(path: string): string[] {
  const parts = path.split('/').filter(Boolean);
  return parts.map((_, at) => parts.slice(0, at + 1).join('/'));
}

/** `spirits/whiskey/bourbon` for people, where the catalogue has no name at hand. */
export function categoryName(path: string): string {
  const last = path.split('/').at(-1) ?? path;
  return last.charAt(0).toUpperCase() + last.slice(1).replaceAll('-', ' ');
}
