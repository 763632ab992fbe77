import type { Schema } from '@tipple/api';
import { clock, moment, money } from '@/lib/format.ts';
import { t, word } from '@/lib/messages.ts';

type Happening = Schema<'Happening'>;

/** What happened and what it meant, the newest first. */
export function History({ history, zone }: { history: Happening[]; zone: string }) {
  return (
    <ol className="border-s-2 border-hairline ps-4 [overflow-wrap:anywhere]">
      {history.toReversed().map((one, place) => (
        <li key={one.seq} className="relative pb-4 last:pb-0">
          <span
            aria-hidden="true"
            className={`absolute -start-[1.4rem] top-1.5 size-3 rounded-full ${place === 0 ? 'bg-brand' : 'bg-control'}`}
          />
          <p className={place === 0 ? 'font-semibold' : ''}>{word('happening', one.what)}</p>
          {more(one, zone)
            .filter((text) => text !== word('happening', one.what))
            .map((text) => (
              <p key={text} className="text-sm">
                <bdi>{text}</bdi>
              </p>
            ))}
          <p className="text-sm text-muted">
            <time dateTime={one.at} title={moment(one.at, zone)}>
              {moment(one.at, zone)}
            </time>{' '}
            · {word('who', one.who)}
          </p>
        </li>
      ))}
    </ol>
  );
}

/** The facts about it, each in words. */
function more({ note }: Happening, zone: string): string[] {
  const { driver, eta, reason, code, note: told, refund, amount, stock, money: purse } = note as Note;
  const back = amount ?? refund;
  return [
    driver && (eta ? t('handling.driverBy', { name: driver, time: clock(eta, zone) }) : driver),
    reason && word('why', reason),
    code && word('declined', code),
    told,
    back && t('handling.amountBack', { amount: money(back) }),
    stock && stock !== 'unchanged' && word('shelf', stock),
    purse && purse !== 'unchanged' && word('purse', purse),
  ].filter((text): text is string => typeof text === 'string' && text !== '');
}

/** What the history keeps of things that happen. */
interface Note {
  driver?: string | null;
  eta?: string | null;
  reason?: string;
  code?: string;
  note?: string;
  refund?: Schema<'Money'>;
  amount?: Schema<'Money'>;
  stock?: string;
  money?: string;
}
