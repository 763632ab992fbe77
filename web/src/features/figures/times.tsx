import { useQuery } from '@tanstack/react-query';
import type { Schema } from '@tipple/api';
import { number } from '@/lib/format.ts';
import { t } from '@/lib/messages.ts';
import { whole } from '@/lib/whole.ts';
import { Empty } from '@/ui/empty.tsx';
import { Export } from '@/ui/export.tsx';
import { ProblemPage } from '@/ui/problem.tsx';
import { Heading, Scrolling } from '@/ui/scrolling.tsx';
import { Stale } from '@/ui/stale.tsx';
import { Bar as Coming } from '@/ui/waiting.tsx';
import { ceiling } from './chart.tsx';
import type { Asked } from './page.tsx';

type Store = Schema<'StoreTimes'>;

/** How long it took, store by store. */
export function Times({ asked }: { asked: Asked }) {
  const { data, error, refetch } = useQuery(whole('/v1/insight/delivery-times', { query: asked }));
  if (error && !data) return <ProblemPage error={error} again={refetch} />;
  if (!data) return <Coming className="mt-6 h-80 w-full" />;
  if (data.length === 0) {
    return (
      <>
        <Stale error={error} />
        <Empty title={t('figures.none')} text={t('figures.none.text')} />
      </>
    );
  }
  const top = ceiling(Math.max(...data.map(({ p90_minutes }) => p90_minutes ?? 0)));
  const cell = 'px-3 py-2 text-end tabular-nums whitespace-nowrap';
  return (
    <>
      <Stale error={error} />
      <div className="mt-4 flex flex-wrap items-center gap-x-4 gap-y-2">
        <p className="max-w-prose text-muted">{t('figures.times.text')}</p>
        <span className="ms-auto">
          <Export name={`delivery-${asked.from}-${asked.to}`} rows={() => rowsOf(data)} />
        </span>
      </div>
      <Scrolling label={t('figures.times')}>
        <thead>
          <tr className="text-sm text-muted">
            <Heading text={t('figures.store')} start />
            <Heading text={t('figures.minutes', { n: number(top, 1) })} start />
            <Heading text={t('figures.median')} />
            <Heading text={t('figures.p90')} />
            <Heading text={t('figures.road')} />
            <Heading text={t('figures.delivered')} />
            <Heading text={t('figures.refused')} />
          </tr>
        </thead>
        <tbody>
          {data.map((one) => (
            <tr key={one.store} className="border-t border-hairline">
              <th scope="row" className="min-w-40 px-3 py-2 text-start font-medium">
                <bdi>{one.store_name}</bdi>
              </th>
              <td className="w-2/5 min-w-40 px-3 py-2">
                <Range store={one} top={top} />
              </td>
              <td className={`${cell} font-semibold`}>{minutes(one.median_minutes)}</td>
              <td className={cell}>{minutes(one.p90_minutes)}</td>
              <td className={cell}>{minutes(one.road_median_minutes)}</td>
              <td className={cell}>{number(one.deliveries)}</td>
              <td className={cell}>{number(one.refused)}</td>
            </tr>
          ))}
        </tbody>
      </Scrolling>
    </>
  );
}

const minutes = (value: number | null | undefined) => (value == null ? '–' : number(value, 1));

/** From nothing to where nine of ten were faster; as far as half of them were, darker. */
function Range({ store: { median_minutes, p90_minutes }, top }: { store: Store; top: number }) {
  if (median_minutes == null || p90_minutes == null) return null;
  const part = (value: number) => `${(value / top) * 100}%`;
  return (
    <svg aria-hidden="true" className="block h-4 w-full rtl:-scale-x-100">
      <rect width="100%" y="7" height="2" className="fill-hairline" />
      <rect width={part(p90_minutes)} y="4" height="8" rx="2" className="fill-accent" />
      <rect width={part(median_minutes)} height="16" rx="2" className="fill-brand" />
    </svg>
  );
}

function rowsOf(stores: Store[]): (string | number)[][] {
  return [
    ['store', 'name', 'deliveries', 'refused', 'median_minutes', 'p90_minutes', 'road_median_minutes'],
    ...stores.map((one) => [
      one.store,
      one.store_name,
      one.deliveries,
      one.refused,
      one.median_minutes ?? '',
      one.p90_minutes ?? '',
      one.road_median_minutes ?? '',
    ]),
  ];
}
