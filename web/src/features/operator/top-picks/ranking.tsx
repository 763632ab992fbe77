import { moment, number } from '@/lib/format.ts';
import { t } from '@/lib/messages.ts';
import { secondary } from '@/ui/button.ts';
import { Empty } from '@/ui/empty.tsx';
import { Export } from '@/ui/export.tsx';
import { ProblemPage } from '@/ui/problem.tsx';
import { Said } from '@/ui/said.tsx';
import { Heading, Scrolling } from '@/ui/scrolling.tsx';
import { Bar } from '@/ui/waiting.tsx';
import { PARTS, points } from './parts.tsx';
import { type Ranked, useRanking } from './requests.ts';

/** What the score alone says, before anything that was decided, with its parts. */
export function Ranking() {
  const { data, error, refetch, hasNextPage, isFetchingNextPage, fetchNextPage } = useRanking();
  if (error && !data) return <ProblemPage error={error} again={refetch} />;
  const first = data?.pages[0];
  if (!first) return <Bar className="mt-6 h-[60vh] w-full" />;
  const all = data.pages.flatMap(({ products }) => products.items);
  if (all.length === 0) return <Empty title={t('picks.none')} text={t('picks.none.text')} />;
  return (
    <>
      <div className="mt-4 flex flex-wrap items-center justify-between gap-3">
        <p className="max-w-prose text-muted">
          {t('picks.ranking.text', {
            n: first.window_days,
            time: first.computed_at ? moment(first.computed_at) : '',
          })}
        </p>
        <Export name="ranking" rows={() => rowsOf(all)} />
      </div>
      <Table ranked={all} />
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
          className={`${secondary} mx-auto mt-4 flex`}
        >
          {t('search.more')}
        </button>
      )}
    </>
  );
}

function Table({ ranked }: { ranked: Ranked[] }) {
  const cell = 'px-3 py-2 text-end tabular-nums';
  return (
    <Scrolling label={t('picks.view.ranking')}>
      <thead>
        <tr className="text-sm text-muted">
          <Heading text={t('picks.column.place')} />
          <Heading text={t('picks.column.name')} start />
          <Heading text={t('picks.column.score')} />
          {PARTS.map((part) => (
            <Heading key={part} text={t(`picks.part.${part}`)} />
          ))}
          <Heading text={t('picks.column.orders')} />
          <Heading text={t('picks.column.views')} />
        </tr>
      </thead>
      <tbody>
        {ranked.map(({ place, product, name, score, parts, counts }) => (
          <tr key={product} className="border-t border-hairline">
            <td className={cell}>{number(place)}</td>
            <th scope="row" className="min-w-48 px-3 py-2 text-start font-medium">
              <bdi>{name}</bdi>
            </th>
            <td className={`${cell} font-bold`}>{number(score, 2)}</td>
            {PARTS.map((part) => (
              <td key={part} className={cell}>
                {points(parts[part])}
              </td>
            ))}
            <td className={cell}>{number(counts.orders)}</td>
            <td className={cell}>{number(counts.views)}</td>
          </tr>
        ))}
      </tbody>
    </Scrolling>
  );
}

function rowsOf(ranked: Ranked[]): (string | number)[][] {
  return [
    ['place', 'product', 'name', 'category', 'score', ...PARTS, 'orders', 'favourites', 'clicked', 'viewed'],
    ...ranked.map(({ place, product, name, category, score, parts, counts }) => [
      place,
      product,
      name,
      category,
      score,
      ...PARTS.map((part) => parts[part] + 0),
      counts.orders,
      counts.favourites,
      counts.clicks,
      counts.views,
    ]),
  ];
}
