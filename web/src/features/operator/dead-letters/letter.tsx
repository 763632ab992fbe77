import { Link } from '@tanstack/react-router';
import { moment } from '@/lib/format.ts';
import { t, word } from '@/lib/messages.ts';
import type { Failed } from '@/lib/network.ts';
import { said } from '@/lib/said.ts';
import { PutBack } from './put-back.tsx';
import type { Dead } from './replays.ts';

interface Shown {
  letter: Dead;
  /** It was put back from here, or should have been. */
  became?: Failed | 'again';
  put?: (letters: Dead[]) => Promise<void>;
  chosen: boolean;
  choose: (on: boolean) => void;
}

/** What happened, who could not handle it and why. */
export function Letter({ letter, became, put, chosen, choose }: Shown) {
  const { kind, queue, attempts, error, dead_at } = letter;
  const service = word('service', queue);
  return (
    <article className="flex gap-3">
      {put && (
        <input
          type="checkbox"
          aria-label={t('dead.choose', { kind, n: letter.letter })}
          checked={chosen}
          onChange={({ target }) => choose(target.checked)}
          className="mt-1 size-5 shrink-0 accent-brand"
        />
      )}
      <div className="min-w-0 flex-1">
        <p className="flex flex-wrap items-baseline justify-between gap-x-4">
          <bdi className="font-semibold [overflow-wrap:anywhere]">{kind}</bdi>
          <span className="font-medium">{service}</span>
        </p>
        <p className="text-sm text-muted">
          <time dateTime={dead_at}>{t('dead.since', { time: moment(dead_at) })}</time> ·{' '}
          {t('letters.attempts', { n: attempts })} · <About letter={letter} />
        </p>
        <p className="mt-1 [overflow-wrap:anywhere] whitespace-pre-line text-danger">
          <bdi>{error}</bdi>
        </p>
        {became && (
          <p role="status" className="mt-2 font-medium">
            {became === 'again' ? t('dead.again') : t('dead.notPut', { why: said(became) })}
          </p>
        )}
        {put && (
          <div className="mt-3 flex flex-wrap items-center gap-3">
            <PutBack letters={[letter]} put={put} label={t('dead.putOne', { kind, n: letter.letter })} />
          </div>
        )}
      </div>
    </article>
  );
}

/** What it is about: an order leads there. */
function About({ letter: { kind, subject } }: { letter: Dead }) {
  if (!kind.startsWith('tipple.orders.')) {
    return <bdi className="font-mono [overflow-wrap:anywhere]">{subject}</bdi>;
  }
  return (
    <Link
      to="/operator/orders/$order"
      params={{ order: subject }}
      className="inline-flex min-h-11 items-center text-brand underline underline-offset-4"
    >
      {t('handling.refund.order')}
    </Link>
  );
}
