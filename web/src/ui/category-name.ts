/** `spirits/whiskey/bourbon` for people, where the catalogue has no name at hand. */
export function categoryName(path: string): string {
  const last = path.split('/').at(-1) ?? path;
  return last.charAt(0).toUpperCase() + last.slice(1).replaceAll('-', ' ');
}
