/** Instants of clocks elsewhere. */

/** The instant at which a clock in that zone shows `2027-03-26T23:10`. */
export function instant(local: string, timeZone: string): string {
  const wanted = Date.parse(`${local}:00Z`);
  // The offset there can be another one than that found first, where clocks change.
  const first = wanted - offset(wanted, timeZone);
  return new Date(wanted - offset(first, timeZone)).toISOString();
}

/** How far the clocks are before UTC then, in milliseconds. */
function offset(at: number, timeZone: string): number {
  const style = {
    timeZone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  } as const;
  const parts = new Intl.DateTimeFormat('en-US', style).formatToParts(new Date(at));
  const part = (type: string) => Number(parts.find((one) => one.type === type)?.value);
  return (
    Date.UTC(part('year'), part('month') - 1, part('day'), part('hour'), part('minute'), part('second')) -
    Math.floor(at / 1000) * 1000
  );
}
