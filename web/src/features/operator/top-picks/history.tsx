import { getRouteApi, Link } from '@tanstack/react-router';
import { moment } from '@/lib/format.ts';
import { t } from '@/lib/messages.ts';
import { useSending } from '@/lib/sending.ts';
import { quiet, secondary } from '@/ui/button.ts';
import { Empty } from '@/ui/empty.tsx';
import { ProblemPage } from '@/ui/problem.tsx';
import { Said } from '@/ui/said.tsx';
import { Bar } from '@/ui/waiting.tsx';
import { useBy } from '../named.ts';
import { revert } from './changes.ts';
import { type Decision, useHistory } from './requests.ts';

const route = getRouteApi('/operator/top-picks');

/** Every decision, newest first, of one product or of all. */
export function History() {
  const { product } = route.useSearch();
  const { data, error, refetch, hasNextPage, isFetchingNextPage, fetchNextPage } = useHistory(product);
  if (error && !data) return <ProblemPage error={error} again={refetch} />;
  if (!data) return <Bar className="mt-6 h-[60vh] w-full" />;
  const all = data.pages.flatMap(({ items }) => items);
  if (all.length === 0) return <Empty title={t('picks.history.none')} text={t('picks.history.none.text')} />;
  const newest = new Set<string>();
  return (
    <>
      {product && (
        <p className="mt-4">
          {t('picks.history.of', { name: all[0]?.name ?? '' })}{' '}
          <Link from="/operator/top-picks" search={{ view: 'history' }} className={quiet}>
            {t('picks.history.all')}
          </Link>
        </p>
      )}
      <ol className="mt-4 rounded-md border border-hairline bg-surface">
        {all.map((decision) => {
          const latest = !newest.has(decision.product);
          newest.add(decision.product);
          return (
            <li key={decision.id} className="border-hairline px-3 py-3 not-first:border-t">
              <Decided decision={decision} latest={latest} />
            </li>
          );
        })}
      </ol>
      {error && (
        <p role="alert" className="mt-3 text-danger">
          <Said of={error} />
        </p>
      )}
      {hasNextPage && (
        <button
          type="button"
          aria-busy={isFetchingNextPage}
          onClick={() => void fetchNextPage()}
          className={`${secondary} mt-4`}
        >
          {t('search.more')}
        </button>
      )}
    </>
  );
}

/** One decision; the newest about its product can be taken back. */
function Decided({ decision, latest }: { decision: Decision; latest: boolean }) {
  const { id, product, name, action, position, until, note, decided_by, decided_at } = decision;
  const by = useBy(decided_by);
  const back = useSending(() => revert(id));
  const what = action as 'pin' | 'add' | 'remove' | 'clear';
  return (
    <div className="flex flex-wrap items-start gap-x-4 gap-y-2">
      <div className="min-w-0 flex-1 basis-64">
        <p>
          <Link
            from="/operator/top-picks"
            search={{ view: 'history', product }}
            className="font-medium underline-offset-4 hover:underline"
          >
            <bdi>{name}</bdi>
          </Link>
        </p>
        <p>{t(`picks.did.${what}`, { place: position ?? '' })}</p>
        {note && (
          <p className="text-muted">
            <bdi>{note}</bdi>
          </p>
        )}
        <p className="text-sm text-muted">
          <time dateTime={decided_at}>{moment(decided_at)}</time>
          {' · '}
          {by}
          {until && ` · ${t('picks.until', { time: moment(until) })}`}
        </p>
        {back.error && (
          <p role="alert" className="mt-1 text-danger">
            <Said of={back.error} />
          </p>
        )}
      </div>
      {latest && (
        <button
          type="button"
          aria-label={t('picks.revertOf', { name })}
          aria-busy={back.isPending}
          disabled={back.isPending}
          onClick={() => back.mutate(undefined)}
          className={`${secondary} px-4`}
        >
          {t('picks.revert')}
        </button>
      )}
    </div>
  );
}
