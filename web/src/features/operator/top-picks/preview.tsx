import { useQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import { drinksOf, picks } from '@/features/home/requests.ts';
import { t } from '@/lib/messages.ts';
import { quiet } from '@/ui/button.ts';
import { DrinkCard, fromPrice } from '@/ui/drink-card.tsx';
import { Empty } from '@/ui/empty.tsx';
import { ProblemPage } from '@/ui/problem.tsx';
import { Bar } from '@/ui/waiting.tsx';

const route = getRouteApi('/operator/top-picks');
const WIDTHS = ['phone', 'desk'] as const;
const columns = {
  phone: 'mx-auto max-w-[390px] grid-cols-2',
  desk: 'grid-cols-2 md:grid-cols-3 lg:grid-cols-5',
};

/** The first places as the shop's first page shows them now. */
export function Preview() {
  const { width = 'phone' } = route.useSearch();
  const navigate = route.useNavigate();
  const first = useQuery(picks);
  const ids = first.data?.items.map(({ product }) => product) ?? [];
  const found = useQuery({ ...drinksOf(ids), enabled: ids.length > 0 });
  const error = first.error ?? found.error;
  if (error)
    return <ProblemPage error={error} again={() => Promise.all([first.refetch(), found.refetch()])} />;
  if (first.data && ids.length === 0) return <Empty title={t('picks.none')} text={t('picks.none.text')} />;
  const drinks = ids.flatMap((id) => found.data?.items.find((one) => one.product === id) ?? []);
  return (
    <>
      <div className="mt-4 flex flex-wrap items-center gap-x-6 gap-y-2">
        <fieldset className="flex gap-2">
          <legend className="sr-only">{t('picks.width')}</legend>
          {WIDTHS.map((one) => (
            <button
              key={one}
              type="button"
              aria-pressed={one === width}
              onClick={() =>
                navigate({
                  search: { view: 'preview', ...(one === 'desk' && { width: one }) },
                })
              }
              className="min-h-11 rounded-pill border border-control px-4 aria-pressed:border-brand aria-pressed:bg-brand-soft"
            >
              {t(`picks.width.${one}`)}
            </button>
          ))}
        </fieldset>
        <Link to="/" className={`${quiet} flex items-center`}>
          {t('picks.shop')}
        </Link>
      </div>
      <p className="mt-3 text-muted">{t('picks.preview.text', { n: ids.length || 10 })}</p>
      <section
        aria-label={t('home.picks')}
        aria-busy={!found.data}
        className={`mt-4 rounded-lg border border-control bg-bg p-4 ${width === 'phone' ? 'mx-auto max-w-[390px]' : ''}`}
      >
        <h2 className="mb-3 text-xl">{t('home.picks')}</h2>
        {!found.data && <Bar className="h-96 w-full" />}
        <ul className={`grid gap-3 ${columns[width]}`}>
          {drinks.map((drink) => (
            <li key={drink.product}>
              <DrinkCard drink={drink} price={fromPrice(drink.from_price)} />
            </li>
          ))}
        </ul>
      </section>
    </>
  );
}
