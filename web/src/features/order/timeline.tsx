import type { Schema } from '@tipple/api';
import { clock, date, moment } from '@/lib/format.ts';
import { t, word } from '@/lib/messages.ts';

/** What happened, the newest first. */
export function Timeline({ history, zone }: { history: Schema<'Happening'>[]; zone: string }) {
  // The day on which it was ordered stands above.
  const begun = history[0] && date(history[0].at, zone);
  return (
    <ol className="border-s-2 border-hairline ps-4 [overflow-wrap:anywhere]">
      {history.toReversed().map(({ seq, at, what, note }, place) => (
        <li key={seq} className="relative pb-4 last:pb-0">
          <span
            aria-hidden="true"
            className={`absolute -start-[1.4rem] top-1.5 size-3 rounded-full ${place === 0 ? 'bg-brand' : 'bg-control'}`}
          />
          <p className={place === 0 ? 'font-semibold' : ''}>{said(what, note)}</p>
          <p className="text-sm text-muted">
            <time dateTime={at}>{date(at, zone) === begun ? clock(at, zone) : moment(at, zone)}</time>
          </p>
        </li>
      ))}
    </ol>
  );
}

function said(what: string, note: Record<string, unknown>): string {
  const text = (name: string) => (typeof note[name] === 'string' ? note[name] : undefined);
  const driver = text('driver');
  const reason = text('reason');
  if (driver && what.startsWith('driver_'))
    return t(what === 'driver_arrived' ? 'happened.arrived' : 'happened.driver', { driver });
  const plain = word('happened', what);
  return reason ? t('happened.why', { what: plain, reason: word('ended', reason) }) : plain;
}
