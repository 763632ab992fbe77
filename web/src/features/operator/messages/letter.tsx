import { Link } from '@tanstack/react-router';
import type { Schema } from '@tipple/api';
import { moment } from '@/lib/format.ts';
import { t, word } from '@/lib/messages.ts';
import { send } from '@/lib/send.ts';
import { useSending } from '@/lib/sending.ts';
import { secondary } from '@/ui/button.ts';
import { Said } from '@/ui/said.tsx';

type Message = Schema<'MessageView'>;

/** A message with its fate, and what it says for whoever wants to read it. */
export function Letter({ letter }: { letter: Message }) {
  return (
    <article>
      <p className="flex flex-wrap items-baseline justify-between gap-x-4">
        <span className="font-semibold">
          <bdi>{letter.subject}</bdi>
        </span>
        <span className={letter.state === 'dead' ? 'font-medium text-danger' : ''}>
          {word('sending', letter.state)}
        </span>
      </p>
      <p className="text-sm text-muted">
        <bdi>{letter.recipient}</bdi> · {moment(letter.sent_at ?? letter.created_at)} ·{' '}
        {t('letters.attempts', { n: letter.attempts })}
      </p>
      {letter.error && (
        <p className="mt-1 text-danger">
          <bdi>{letter.error}</bdi>
        </p>
      )}
      {letter.state === 'failed' && (
        <p className="text-sm">{t('letters.next', { time: moment(letter.next_at) })}</p>
      )}
      {letter.text && (
        <details className="mt-1">
          <summary className="min-h-11 cursor-pointer py-2 font-medium">{t('letters.read')}</summary>
          <p className="rounded-sm bg-bg p-3 whitespace-pre-line">
            <bdi>{letter.text}</bdi>
          </p>
        </details>
      )}
      <Doing letter={letter} />
    </article>
  );
}

function Doing({ letter: { id, state, order } }: { letter: Message }) {
  const retry = useSending(() =>
    send('post', '/v1/notifications/messages/{message}/retry', { path: { message: id } }),
  );
  return (
    <div className="mt-2 flex flex-wrap items-center gap-x-4 gap-y-2">
      {state === 'dead' && (
        <button
          type="button"
          aria-busy={retry.isPending}
          onClick={() => retry.mutate(undefined)}
          className={secondary}
        >
          {t('letters.retry')}
        </button>
      )}
      {order && (
        <Link
          to="/operator/orders/$order"
          params={{ order }}
          className="inline-flex min-h-11 items-center text-brand underline underline-offset-4"
        >
          {t('handling.refund.order')}
        </Link>
      )}
      {retry.error && (
        <p role="alert" className="text-danger">
          <Said of={retry.error} />
        </p>
      )}
    </div>
  );
}
