import { useInfiniteQuery } from '@tanstack/react-query';
import { type Answer, address, type Schema } from '@tipple/api';
import { typed } from '@/lib/amount.ts';
import { csv } from '@/lib/csv.ts';
import { moment, money } from '@/lib/format.ts';
import { t, word } from '@/lib/messages.ts';
import { ask, type Failed } from '@/lib/network.ts';
import { save } from '@/lib/save.ts';
import { useSending } from '@/lib/sending.ts';
import { secondary } from '@/ui/button.ts';
import { ProblemPage } from '@/ui/problem.tsx';
import { Said } from '@/ui/said.tsx';
import { Heading, Scrolling } from '@/ui/scrolling.tsx';
import { Bar } from '@/ui/waiting.tsx';

const STATEMENT = '/v1/payments/vendors/{vendor}/statement';
type Line = Answer<typeof STATEMENT>['lines']['items'][number];

export interface Asked {
  vendor: string;
  currency: string;
  /** Days of the calendar, both included. */
  from: string;
  to: string;
}

/** The house counts from the first instant of a day to the first of another, by UTC. */
function page({ vendor, currency, from, to }: Asked, after?: string, signal?: AbortSignal) {
  const end = new Date(Date.parse(`${to}T00:00Z`) + 86_400_000).toISOString();
  const query = { currency, from: `${from}T00:00:00Z`, to: end, limit: 100, ...(after && { after }) };
  return ask(address(STATEMENT, { path: { vendor }, query }), { signal }) as Promise<
    Answer<typeof STATEMENT>
  >;
}

/** What is owed to a vendor, and how that came. */
export function Statement({ asked }: { asked: Asked }) {
  const { data, error, refetch, hasNextPage, isFetchingNextPage, fetchNextPage } = useInfiniteQuery({
    queryKey: ['statement', asked],
    queryFn: ({ pageParam, signal }) => page(asked, pageParam, signal),
    initialPageParam: '',
    getNextPageParam: ({ lines }) => lines.next ?? undefined,
  });
  const out = useSending(async () => {
    const name = `statement-${asked.from}-${asked.to}-${asked.currency}.csv`;
    save(csv(await rowsOf(asked)), name);
  });
  // Of whom the books know nothing nothing is owed.
  if ((error as Failed | null)?.problem?.status === 404) {
    return <p className="mt-4 text-muted">{t('books.statement.none')}</p>;
  }
  if (error && !data) return <ProblemPage error={error} again={refetch} />;
  if (!data) return <Bar className="mt-4 h-80 w-full" />;
  const lines = data.pages.flatMap(({ lines }) => lines.items);
  const [first] = data.pages;
  return (
    <>
      <div className="mt-4 flex flex-wrap items-end justify-between gap-3">
        <dl className="flex flex-wrap gap-3">
          <Sum name={t('books.opening')} amount={first?.opening} />
          <Sum name={t('books.closing')} amount={first?.closing} strong />
        </dl>
        <button
          type="button"
          aria-busy={out.isPending}
          disabled={out.isPending || lines.length === 0}
          onClick={() => out.mutate(undefined)}
          className={secondary}
        >
          {t('form.export')}
        </button>
      </div>
      {(out.error ?? error) && (
        <p role="alert" className="mt-2 text-danger">
          <Said of={(out.error ?? error) as Error} />
        </p>
      )}
      {lines.length === 0 ? (
        <p className="mt-4 text-muted">{t('books.statement.none')}</p>
      ) : (
        <Lines lines={lines} />
      )}
      {hasNextPage && (
        <button
          type="button"
          aria-busy={isFetchingNextPage}
          onClick={() => void fetchNextPage()}
          className={`${secondary} mx-auto mt-4 flex`}
        >
          {t('search.more')}
        </button>
      )}
    </>
  );
}

function Sum({ name, amount, strong }: { name: string; amount?: Schema<'Money'>; strong?: boolean }) {
  return (
    <div className="rounded-md border border-hairline bg-surface p-3">
      <dt className="text-sm text-muted">{name}</dt>
      <dd className={`text-xl tabular-nums ${strong ? 'font-bold' : ''}`}>{amount && money(amount)}</dd>
    </div>
  );
}

function Lines({ lines }: { lines: Line[] }) {
  return (
    <Scrolling label={t('books.statement')}>
      <thead>
        <tr className="text-sm text-muted">
          <Heading text={t('books.time')} start wide />
          <Heading text={t('books.what')} start />
          <Heading text={t('books.order')} start />
          <Heading text={t('books.amount')} />
        </tr>
      </thead>
      <tbody>
        {lines.map(({ id, at, kind, account, number, amount }) => (
          <tr key={id} className="border-t border-hairline">
            <td className="px-3 py-2 whitespace-nowrap max-md:hidden">{moment(at)}</td>
            <td className="px-3 py-2 md:min-w-40">
              <span className="block text-sm text-muted md:hidden">{moment(at)}</span>
              {word('entry', kind)} · {word('ledger', account)}
            </td>
            <td className="px-3 py-2 whitespace-nowrap tabular-nums">{number}</td>
            <td className="px-3 py-2 text-end whitespace-nowrap tabular-nums">{money(amount)}</td>
          </tr>
        ))}
      </tbody>
    </Scrolling>
  );
}

/** The whole of it. */
async function rowsOf(asked: Asked): Promise<(string | number)[][]> {
  const rows: (string | number)[][] = [['at', 'kind', 'account', 'order', 'amount', 'currency']];
  let after: string | undefined;
  do {
    const { lines } = await page(asked, after);
    for (const { at, kind, account, number, amount } of lines.items) {
      rows.push([at, kind, account, number ?? '', typed(amount), amount.currency]);
    }
    after = lines.next ?? undefined;
  } while (after);
  return rows;
}
