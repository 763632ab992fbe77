export function byName<One extends { name: string }>(all: One[]): One[] {
  return all.toSorted((a, b) => a.name.localeCompare(b.name));
}
