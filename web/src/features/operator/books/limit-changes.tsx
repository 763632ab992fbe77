import type { Schema } from '@tipple/api';
import { moment, money } from '@/lib/format.ts';
import { t, word } from '@/lib/messages.ts';
import { send } from '@/lib/send.ts';
import { useSending } from '@/lib/sending.ts';
import { primary, secondary } from '@/ui/button.ts';
import { Said } from '@/ui/said.tsx';
import { Bar } from '@/ui/waiting.tsx';
import { More, useList } from '../list.tsx';
import { useBy } from '../named.ts';

type Change = Schema<'RefundLimitChange'>;

/** Who wanted other limits, and who agreed. */
export function LimitChanges() {
  const list = useList('/v1/payments/refund-limits/changes', { query: { limit: 20 } });
  if (list.error && !list.items) {
    return (
      <p role="alert" className="mt-3 text-danger">
        <Said of={list.error} />
      </p>
    );
  }
  if (!list.items) return <Bar className="mt-3 h-24 w-full" />;
  if (list.items.length === 0) return <p className="mt-3 text-muted">{t('books.limit.changes.none')}</p>;
  return (
    <>
      <ol className="mt-3 rounded-md border border-hairline bg-surface">
        {list.items.map((one) => (
          <li key={one.change} className="border-hairline px-3 py-3 not-first:border-t">
            <Shown change={one} />
          </li>
        ))}
      </ol>
      <More list={list} />
    </>
  );
}

function Shown({ change: one }: { change: Change }) {
  const asker = useBy(one.asked_by);
  const decider = useBy(one.decided_by);
  const sum = (amount: number) => money({ amount, currency: one.currency });
  const decide = useSending((approve: boolean) =>
    send('post', '/v1/payments/refund-limits/changes/{change}/decision', {
      path: { change: one.change },
      body: { approve },
    }),
  );
  const does = [
    { name: 'approve', look: primary },
    { name: 'decline', look: secondary },
  ] as const;
  return (
    <div className="flex flex-wrap items-start gap-x-4 gap-y-2">
      <div className="min-w-0 flex-1 basis-64">
        <p className="font-medium">
          {word('desk', one.desk)} · {word('limit', one.state)}
        </p>
        <p className="tabular-nums">
          {t('books.limit.from', {
            before: sum(one.from.per_payment),
            after: sum(one.to.per_payment),
          })}
          {' · '}
          {t('books.limit.day', { before: sum(one.from.per_day), after: sum(one.to.per_day) })}
        </p>
        <p className="text-sm text-muted">
          {t('books.asked', { who: asker, time: moment(one.asked_at) })}
          {one.decided_by &&
            one.decided_at &&
            ` · ${t('books.decided', { who: decider, time: moment(one.decided_at) })}`}
          {one.state === 'waiting' &&
            one.effective_at &&
            ` · ${t('books.limit.byItself', { time: moment(one.effective_at) })}`}
        </p>
        {decide.error && (
          <p role="alert" className="mt-1 text-danger">
            <Said of={decide.error} />
          </p>
        )}
      </div>
      {does.map(
        ({ name, look }) =>
          one.can.includes(name) && (
            <button
              key={name}
              type="button"
              aria-busy={decide.isPending}
              disabled={decide.isPending}
              onClick={() => decide.mutate(name === 'approve')}
              className={`${look} px-4`}
            >
              {t(`books.${name}`)}
            </button>
          ),
      )}
    </div>
  );
}
