import { locales } from '@/lib/messages.ts';
import { byTheHouse } from '@/lib/session.ts';

/** How long ago something was, or how long it is until then, in minutes or hours. */
export function ago(at: string): string {
  const minutes = Math.round((Date.parse(at) - byTheHouse()) / 60_000);
  const format = new Intl.RelativeTimeFormat(locales(), { numeric: 'auto', style: 'short' });
  return Math.abs(minutes) < 90
    ? format.format(minutes, 'minute')
    : format.format(Math.round(minutes / 60), 'hour');
}
