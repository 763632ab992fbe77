/** Instants as fields for a date and a time of day have them, by this machine's zone. */

export function local(instant: string | null | undefined): string {
  if (!instant) return '';
  const date = new Date(instant);
  return new Date(date.getTime() - date.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
}

/** None where nothing was chosen. */
export function instant(field: string | undefined): string | undefined {
  return field ? new Date(field).toISOString() : undefined;
}
