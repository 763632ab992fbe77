import type { Schema } from '@tipple/api';
import { clock, day, weekday } from '@/lib/format.ts';
import { t } from '@/lib/messages.ts';

type Hours = Schema<'Hours'>;
type Spans = Hours['week'][number];

const at = (time: string) => clock(`1970-01-01T${time}Z`, 'UTC');
const said = (spans: Spans) => spans.map(({ from, until }) => `${at(from)} – ${at(until)}`).join(', ');

/** The hours of a week, days that are alike together, and days on which it is otherwise. */
export function Opening({ hours, none }: { hours: Hours; none: string }) {
  if (hours.week.every((spans) => spans.length === 0)) return <p>{none}</p>;
  return (
    <ul>
      {alike(hours.week).map(([first, last, spans]) => (
        <li key={first}>
          {days(first, last)}
          <bdi className="tabular-nums">{said(spans) || t('law.never')}</bdi>
        </li>
      ))}
      {Object.entries(hours.exceptions ?? {}).map(([date, spans]) => (
        <li key={date}>
          {t('law.on', { day: day(date) })}{' '}
          <bdi className="tabular-nums">{said(spans) || t('law.never')}</bdi>
        </li>
      ))}
    </ul>
  );
}

function days(first: number, last: number): string {
  if (first === 0 && last === 6) return '';
  const name = first === last ? weekday(first) : t('law.days', { from: weekday(first), to: weekday(last) });
  return `${t('law.on', { day: name })} `;
}

function alike(week: Spans[]): [first: number, last: number, spans: Spans][] {
  const groups: [number, number, Spans][] = [];
  for (const [place, spans] of week.entries()) {
    const before = groups.at(-1);
    if (before && said(before[2]) === said(spans)) before[1] = place;
    else groups.push([place, place, spans]);
  }
  return groups;
}
