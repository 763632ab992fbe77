import { useQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import type { Schema } from '@tipple/api';
import { moment, money, number } from '@/lib/format.ts';
import { t, word } from '@/lib/messages.ts';
import { reading } from '@/lib/reading.ts';
import { send } from '@/lib/send.ts';
import { useSending } from '@/lib/sending.ts';
import { quiet } from '@/ui/button.ts';
import { Field, Form } from '@/ui/form.tsx';
import { ProblemPage } from '@/ui/problem.tsx';
import { Stale } from '@/ui/stale.tsx';
import { Bar } from '@/ui/waiting.tsx';
import { More, useList } from '../list.tsx';
import { Books } from './books.tsx';

const route = getRouteApi('/operator/books/settlements/$settlement');

type Difference = Schema<'DifferenceView'>;

/** One file of a provider, and what it says otherwise than we. */
export function Page(): React.ReactNode {
  const { settlement } = route.useParams();
  const { data, error, refetch } = useQuery(
    reading('/v1/payments/settlements/{settlement}', { path: { settlement } }),
  );
  const list = useList('/v1/payments/settlements/{settlement}/differences', { path: { settlement } });
  if (error && !data) {
    return (
      <Books>
        <ProblemPage error={error} again={refetch} />
      </Books>
    );
  }
  return (
    <Books>
      <Stale error={error} />
      <p className="mt-4">
        <Link to="/operator/books/settlements" className={quiet}>
          {t('books.settlements.all')}
        </Link>
      </p>
      {!data ? (
        <Bar className="mt-4 h-24 w-full" />
      ) : (
        <>
          <h2 className="mt-2 text-xl">
            {data.provider} · <bdi>{data.account}</bdi>
          </h2>
          <p className="mt-1 text-muted">
            {t('books.span', { from: moment(data.from), to: moment(data.to) })} ·{' '}
            {t('books.lines.new', { n: number(data.new_lines), of: number(data.lines) })}
          </p>
        </>
      )}
      <h3 className="mt-6 text-lg">{t('books.differences')}</h3>
      {list.error && !list.items && <ProblemPage error={list.error} again={list.again} />}
      {list.items?.length === 0 && <p className="mt-2 text-success">{t('books.differences.none')}</p>}
      <ul className="mt-3 space-y-3">
        {list.items?.map((one) => (
          <li key={one.difference} className="rounded-md border border-hairline bg-surface p-4">
            <Shown settlement={settlement} difference={one} />
          </li>
        )) ??
          (!list.error && <Bar className="h-40 w-full" />)}
      </ul>
      <More list={list} />
    </Books>
  );
}

function Shown({ settlement, difference: one }: { settlement: string; difference: Difference }) {
  return (
    <>
      <h4 className="font-semibold">{word('difference', one.what)}</h4>
      <p className="text-muted">
        <bdi>{one.subject}</bdi> · {moment(one.found_at)}
      </p>
      <dl className="mt-2 flex flex-wrap gap-x-8 gap-y-2">
        <div>
          <dt className="text-sm text-muted">{t('books.ours')}</dt>
          <dd className="tabular-nums">{one.ours ? money(one.ours) : '–'}</dd>
        </div>
        <div>
          <dt className="text-sm text-muted">{t('books.theirs')}</dt>
          <dd className="tabular-nums">{one.theirs ? money(one.theirs) : '–'}</dd>
        </div>
      </dl>
      {one.resolved_at && (
        <p className="mt-2 font-medium text-success">
          {t('books.resolved', { time: moment(one.resolved_at) })}
        </p>
      )}
      {one.explained_at && (
        <p className="mt-2">
          <bdi>{one.note}</bdi> <span className="text-sm text-muted">{moment(one.explained_at)}</span>
        </p>
      )}
      {!one.resolved_at && <Explain key={one.explained_at} settlement={settlement} difference={one} />}
    </>
  );
}

function Explain({
  settlement,
  difference: { difference, note },
}: {
  settlement: string;
  difference: Difference;
}) {
  const explain = useSending(({ note = '' }: Record<string, string>) =>
    send('put', '/v1/payments/settlements/{settlement}/differences/{difference}/explanation', {
      path: { settlement, difference },
      body: { note: note.trim() },
    }),
  );
  return (
    <Form
      send={explain.mutate}
      busy={explain.isPending}
      failed={explain.error}
      submit={t('books.explain')}
      className="mt-3 max-w-xl"
    >
      <Field
        name="note"
        label={t('books.explanation')}
        hint={t('books.explanation.hint')}
        defaultValue={note ?? ''}
        maxLength={1000}
        autoComplete="off"
        required
      />
    </Form>
  );
}
