import { getRouteApi } from '@tanstack/react-router';
import { useState } from 'react';
import { number } from '@/lib/format.ts';
import { t } from '@/lib/messages.ts';
import { asTyped, useFollowing } from '@/lib/typed.ts';
import { quiet, secondary } from '@/ui/button.ts';
import { Empty } from '@/ui/empty.tsx';
import { ProblemPage } from '@/ui/problem.tsx';
import { Said } from '@/ui/said.tsx';
import { Bar } from '@/ui/waiting.tsx';
import { useStore } from '../stores.ts';
import type { Done } from './changes.ts';
import { useFound } from './found.ts';
import { ProductRow } from './row.tsx';
import { useRows } from './rows.ts';
import { Undo } from './undo.tsx';

const route = getRouteApi('/vendor/products');
/** So many rows are shown at once. */
const ROWS = 50;

/** Prices and stock of the store, to be changed in place. */
export function Page(): React.ReactNode {
  const { store, currency } = useStore();
  const { q = '', low = false, page = 1 } = route.useSearch();
  const navigate = route.useNavigate();
  const input = useFollowing(q);
  const { rows, error, coming, again } = useRows(store);
  const found = useFound(rows, q, low);
  const [done, setDone] = useState<Done>();
  if (error && !rows) return <ProblemPage error={error} again={again} />;
  const pages = Math.max(1, Math.ceil((found?.length ?? 0) / ROWS));
  const at = Math.min(page, pages);
  const shown = found?.slice((at - 1) * ROWS, at * ROWS);
  const none = found?.length === 0 && !coming;
  return (
    <>
      <h1>{t('vendor.products')}</h1>
      <div className="mt-4 flex flex-wrap items-center gap-x-6 gap-y-2">
        <input
          type="search"
          aria-label={t('products.search')}
          placeholder={t('products.search')}
          ref={input}
          defaultValue={q}
          maxLength={200}
          onChange={({ target }) =>
            navigate({ search: { q: target.value || undefined, low: low || undefined }, ...asTyped })
          }
          className="h-11 min-w-0 flex-1 basis-64 rounded-pill border border-control bg-surface px-4 md:max-w-96"
        />
        <label className="flex min-h-11 items-center gap-2">
          <input
            type="checkbox"
            checked={low}
            onChange={({ target }) =>
              navigate({ search: { q: q || undefined, low: target.checked || undefined } })
            }
            className="size-5 accent-brand"
          />
          {t('products.lowFirst')}
        </label>
        <p role="status" className="text-muted">
          {coming && !error ? t('site.waiting') : t('products.found', { n: found?.length ?? 0 })}
        </p>
      </div>
      {error && (
        <p role="alert" className="mt-3 rounded-sm bg-accent-soft p-3 text-danger">
          <Said of={error} />{' '}
          <button type="button" onClick={again} className={quiet}>
            {t('problem.again')}
          </button>
        </p>
      )}
      {none && (
        <Empty
          title={t(q ? 'products.none' : 'products.empty')}
          text={t(q ? 'products.none.text' : 'products.empty.text')}
        />
      )}
      {!none && (
        <table className="mt-4 w-full rounded-md border border-hairline bg-surface max-md:block max-md:px-3">
          <caption className="sr-only">{t('vendor.products')}</caption>
          <thead className="max-md:sr-only">
            <tr className="text-sm text-muted">
              <Heading text={t('products.name')} start />
              <Heading text={t('products.price', { currency })} />
              <Heading text={t('products.forSale')} />
              <Heading text={t('products.onHand')} />
              <Heading text={t('products.threshold')} />
              <th scope="col">
                <span className="sr-only">{t('count.open')}</span>
              </th>
            </tr>
          </thead>
          <tbody className="max-md:block">
            {shown?.map((row) => <ProductRow key={row.listing.product} row={row} done={setDone} />) ?? (
              <Coming />
            )}
          </tbody>
        </table>
      )}
      {pages > 1 && (
        <nav aria-label={t('products.pages')} className="mt-4 flex items-center justify-center gap-4">
          <Turn to={at - 1} last={pages} text={t('products.before')} />
          <p className="tabular-nums">{t('products.page', { n: number(at), of: number(pages) })}</p>
          <Turn to={at + 1} last={pages} text={t('products.after')} />
        </nav>
      )}
      <Undo done={done} close={() => setDone(undefined)} />
    </>
  );
}

function Heading({ text, start }: { text: string; start?: boolean }) {
  return (
    <th
      scope="col"
      className={`px-2 py-2 font-medium whitespace-nowrap ${start ? 'text-start' : 'text-end'}`}
    >
      {text}
    </th>
  );
}

function Turn({ to, last, text }: { to: number; last: number; text: string }) {
  const navigate = route.useNavigate();
  return (
    <button
      type="button"
      disabled={to < 1 || to > last}
      onClick={() => navigate({ search: (was) => ({ ...was, page: to > 1 ? to : undefined }) })}
      className={secondary}
    >
      {text}
    </button>
  );
}

function Coming() {
  return Array.from({ length: 10 }, (_, place) => (
    // biome-ignore lint/suspicious/noArrayIndexKey: they are all the same
    <tr key={place} className="border-t border-hairline max-md:block">
      <td colSpan={6} className="p-3 max-md:block">
        <Bar className="h-11 w-full max-md:h-60" />
      </td>
    </tr>
  ));
}
