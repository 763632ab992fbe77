import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { number } from '@/lib/format.ts';
import { t } from '@/lib/messages.ts';
import { whole } from '@/lib/whole.ts';
import { secondary } from '@/ui/button.ts';
import { categoryName } from '@/ui/category-name.ts';
import { Empty } from '@/ui/empty.tsx';
import { Export } from '@/ui/export.tsx';
import { ProblemPage } from '@/ui/problem.tsx';
import { Stale } from '@/ui/stale.tsx';
import { Bar as Coming } from '@/ui/waiting.tsx';
import { Bar } from './chart.tsx';
import type { Asked } from './page.tsx';

/** So many are shown at first, and so many more each time. */
const STEP = 25;

/** What was sold most. */
export function Popular({ asked }: { asked: Asked }) {
  const { data, error, refetch } = useQuery(whole('/v1/insight/popular', { query: asked }));
  const [shown, setShown] = useState(STEP);
  if (error && !data) return <ProblemPage error={error} again={refetch} />;
  if (!data) return <Coming className="mt-6 h-[60vh] w-full" />;
  if (data.length === 0) {
    return (
      <>
        <Stale error={error} />
        <Empty title={t('figures.none')} text={t('figures.none.text')} />
      </>
    );
  }
  const most = data[0]?.units ?? 1;
  return (
    <>
      <Stale error={error} />
      <div className="mt-4 flex flex-wrap items-center gap-x-4 gap-y-2">
        <p role="status" className="text-muted">
          {t('figures.sold', { n: data.length })}
        </p>
        <span className="ms-auto">
          <Export
            name={`products-${asked.from}-${asked.to}`}
            rows={() => [
              ['product', 'name', 'category', 'units', 'orders'],
              ...data.map(({ product, name, category, units, orders }) => [
                product,
                name,
                category,
                units,
                orders,
              ]),
            ]}
          />
        </span>
      </div>
      <table className="mt-4 w-full rounded-md border border-hairline bg-surface">
        <caption className="sr-only">{t('figures.products')}</caption>
        <thead>
          <tr className="text-sm text-muted">
            <th scope="col" className="px-3 py-2 text-start font-medium">
              {t('figures.product')}
            </th>
            <th scope="col" colSpan={2} className="px-3 py-2 text-end font-medium">
              {t('figures.measure.units')}
            </th>
            <th scope="col" className="px-3 py-2 text-end font-medium">
              {t('figures.measure.orders')}
            </th>
          </tr>
        </thead>
        <tbody>
          {data.slice(0, shown).map(({ product, name, category, units, orders }) => (
            <tr key={product} className="border-t border-hairline">
              <th scope="row" className="px-3 py-2 text-start font-normal">
                <Link
                  to="/p/$product"
                  params={{ product }}
                  className="font-medium underline-offset-4 hover:underline"
                >
                  <bdi>{name}</bdi>
                </Link>
                <span className="block text-sm text-muted">{categoryName(category)}</span>
              </th>
              <td className="w-2/5 py-2 ps-3 max-md:w-1/5">
                <Bar share={units / most} />
              </td>
              <td className="px-3 py-2 text-end font-semibold tabular-nums">{number(units)}</td>
              <td className="px-3 py-2 text-end tabular-nums">{number(orders)}</td>
            </tr>
          ))}
        </tbody>
      </table>
      {shown < data.length && (
        <button
          type="button"
          onClick={() => setShown(shown + STEP)}
          className={`${secondary} mx-auto mt-6 flex`}
        >
          {t('search.more')}
        </button>
      )}
    </>
  );
}
