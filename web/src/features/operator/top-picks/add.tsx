import { useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { useDeferredValue, useState } from 'react';
import { t } from '@/lib/messages.ts';
import { reading } from '@/lib/reading.ts';
import { asTyped } from '@/lib/typed.ts';
import { secondary } from '@/ui/button.ts';
import { size } from '@/ui/drink-card.tsx';
import { Said } from '@/ui/said.tsx';
import { Bar } from '@/ui/waiting.tsx';
import type { Act } from './changes.ts';
import { Decide } from './decide.tsx';
import type { Decision, Pick } from './requests.ts';

const route = getRouteApi('/operator/top-picks');

interface Shown {
  picks: Pick[];
  standing: Map<string, Decision>;
  act: (act: Act) => void;
}

/** Any product that is for sale can be put on the list. */
export function Add({ picks, standing, act }: Shown) {
  const { q = '' } = route.useSearch();
  const navigate = route.useNavigate();
  const words = useDeferredValue(q.trim());
  const [open, setOpen] = useState<string>();
  const { data, error } = useQuery({
    ...reading('/v1/catalogue/products', { query: { q: words, limit: 8 } }),
    enabled: words !== '',
    placeholderData: (before) => before,
  });
  return (
    <search className="mt-6 block">
      <label className="block max-w-xl">
        <span className="mb-1 block font-medium">{t('picks.find')}</span>
        <input
          type="search"
          defaultValue={q}
          maxLength={200}
          placeholder={t('search.placeholder')}
          onChange={({ target }) => navigate({ search: target.value ? { q: target.value } : {}, ...asTyped })}
          className="h-11 w-full rounded-pill border border-control bg-surface px-4"
        />
      </label>
      {words && !data && !error && <Bar className="mt-3 h-40 w-full" />}
      {error && (
        <p role="alert" className="mt-3 rounded-sm bg-accent-soft p-3 text-danger">
          <Said of={error} />
        </p>
      )}
      <p role="status" className="mt-2 text-muted empty:hidden">
        {words && data?.items.length === 0 && t('search.empty.words', { words })}
      </p>
      {words && data && data.items.length > 0 && (
        <ul aria-label={t('picks.found')} className="mt-3 rounded-md border border-hairline bg-surface">
          {data.items.map((drink) => {
            const { product, name, producer } = drink;
            const place = picks.findIndex((pick) => pick.product === product) + 1;
            const decision = standing.get(product);
            return (
              <li key={product} className="border-hairline px-3 py-2 not-first:border-t">
                <div className="flex flex-wrap items-center gap-x-4 gap-y-2">
                  <span className="min-w-0 flex-1 basis-52">
                    <span className="block font-medium [overflow-wrap:anywhere]">
                      <bdi>{name}</bdi>
                    </span>
                    <span className="block text-sm text-muted">
                      <bdi>{producer}</bdi> · {size(drink)}
                    </span>
                  </span>
                  <span className="text-sm text-muted">
                    {place > 0
                      ? t('picks.isAt', { place })
                      : decision?.action === 'remove' && t('picks.isOff')}
                  </span>
                  {place === 0 && (
                    <button
                      type="button"
                      aria-label={t('picks.addOf', { name })}
                      onClick={() =>
                        act({ changes: [{ product, action: 'add' }], text: t('picks.done.add', { name }) })
                      }
                      className={`${secondary} px-4`}
                    >
                      {t('picks.add')}
                    </button>
                  )}
                  <button
                    type="button"
                    aria-expanded={open === product}
                    aria-label={t('picks.decideOf', { name })}
                    onClick={() => setOpen(open === product ? undefined : product)}
                    className={`${secondary} px-4`}
                  >
                    {t('picks.decide')}
                  </button>
                </div>
                {open === product && (
                  <Decide
                    product={product}
                    name={name}
                    place={place || undefined}
                    decision={decision}
                    close={() => setOpen(undefined)}
                  />
                )}
              </li>
            );
          })}
        </ul>
      )}
    </search>
  );
}
