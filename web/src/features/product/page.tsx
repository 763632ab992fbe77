import { useSuspenseQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import type { Answer } from '@tipple/api';
import { useState } from 'react';
import { PlaceLine, useReaching } from '@/features/place/line.tsx';
import { useBegun } from '@/lib/begun.ts';
import { country, money, number, strength } from '@/lib/format.ts';
import { part } from '@/lib/lazily.ts';
import { t, word } from '@/lib/messages.ts';
import { useSignedIn } from '@/lib/session.ts';
import { Bottle } from '@/ui/bottle.tsx';
import { categoryName } from '@/ui/category-name.ts';
import { size } from '@/ui/drink-card.tsx';
import { Later } from '@/ui/later.tsx';
import { Add } from './add.tsx';
import { drinkOf } from './requests.ts';
import { Similar } from './similar.tsx';
import { useViewed } from './viewed.ts';

/** For whoever has signed in. */
const FavouriteButton = part(async () => ({ Page: (await import('./favourite.tsx')).FavouriteButton }));
/** For whoever has said where to, of stores that do not sell now. */
const Selling = part(async () => ({ Page: (await import('@/ui/selling.tsx')).Selling }));
/** Where more stores sell it than came with it. */
const Dearer = part(async () => ({ Page: (await import('./dearer.tsx')).Dearer }));

type Drink = Answer<'/v1/catalogue/products/{product}'>;

const route = getRouteApi('/shop/p/$product');

/** A drink, who sells it, and others of its kind. */
export function Page(): React.ReactNode {
  const { data: drink } = useSuspenseQuery(drinkOf(route.useParams().product));
  useViewed(drink.product);
  return (
    <>
      <Shown drink={drink} />
      <Similar drink={drink} />
    </>
  );
}

function Shown({ drink }: { drink: Drink }) {
  const signedIn = useSignedIn();
  const begun = useBegun();
  return (
    <article className="grid gap-8 md:grid-cols-2">
      <div className="h-72 rounded-lg border border-hairline bg-surface p-8 md:h-[28rem]">
        <Bottle category={drink.category} container={drink.container} />
      </div>
      <div>
        <Link
          to="/c/$"
          params={{ _splat: drink.category }}
          className="text-sm font-medium text-brand underline"
        >
          {categoryName(drink.category)}
        </Link>
        <h1 className="mt-1">
          <bdi>{drink.name}</bdi>
        </h1>
        <p className="mt-1 text-lg text-muted">{drink.producer}</p>
        <p className="mt-4 max-w-prose">
          <bdi>{drink.description}</bdi>
        </p>
        {signedIn && (
          <Later room={<div className="mt-4 h-11" />}>
            <FavouriteButton product={drink.product} begun={begun} />
          </Later>
        )}
        <Offers drink={drink} />
        <Facts drink={drink} />
      </div>
    </article>
  );
}

function Offers({ drink }: { drink: Drink }) {
  const around = useReaching();
  const reaching = around.data;
  const near = (store: string) => reaching?.find((one) => one.store === store);
  const reaches = (store: string) => !reaching || !!near(store);
  const { items, next } = drink.offers;
  const [dearer, setDearer] = useState<typeof items>([]);
  // The house has put the cheapest first; those that come to the visitor go before all others.
  const offers = [...items, ...dearer].sort((a, b) => Number(reaches(b.store)) - Number(reaches(a.store)));
  return (
    <section className="mt-6">
      <h2 className="text-xl">{t('product.offers')}</h2>
      <PlaceLine read={around} />
      {items.length === 0 && <p className="mt-2 text-muted">{t('product.offers.none')}</p>}
      <ul className="mt-2 divide-y divide-hairline rounded-md border border-hairline bg-surface">
        {offers.map((offer) => {
          const there = near(offer.store);
          return (
            <li key={offer.store} className="flex flex-wrap items-center gap-4 p-3">
              <div className="flex-1 basis-40">
                <Link to="/s/$store" params={{ store: offer.store }} className="font-medium underline">
                  {offer.store_name}
                </Link>
                <p className="text-sm text-muted">
                  {reaches(offer.store) ? word('stock', offer.stock) : t('offer.far')}
                </p>
                {/* Its place is kept for who has said where to. */}
                <div className="min-h-5">
                  {there?.sells.now === false && (
                    <Later room={null}>
                      <Selling store={there} className="text-sm" short />
                    </Later>
                  )}
                </div>
              </div>
              <div className="text-end tabular-nums">
                <p className="font-semibold">{money(offer.price)}</p>
                <p className="text-sm text-muted">
                  {offer.price_per_litre && t('product.perLitre', { price: money(offer.price_per_litre) })}
                </p>
                {offer.deposit && offer.deposit.amount > 0 && (
                  <p className="text-sm text-muted">
                    {t('product.deposit', { price: money(offer.deposit) })}
                  </p>
                )}
              </div>
              <Add
                one={{
                  store: offer.store,
                  storeName: offer.store_name,
                  product: drink.product,
                  name: drink.name,
                  seen_price: offer.price,
                }}
                alcoholic={drink.alcoholic}
                sold={offer.stock === 'out'}
              />
            </li>
          );
        })}
      </ul>
      {next && (
        <Later room={<div aria-busy="true" className="mt-6 h-11" />}>
          <Dearer drink={drink} next={next} show={setDearer} />
        </Later>
      )}
    </section>
  );
}

function Facts({ drink }: { drink: Drink }) {
  const facts: [string, string | null | undefined][] = [
    [t('product.volume'), size(drink)],
    [t('product.strength'), drink.abv_bp > 0 ? strength(drink.abv_bp) : word('class', 'none')],
    [
      t('product.alcohol'),
      drink.alcohol_units_hundredths > 0
        ? t('product.units', { units: number(drink.alcohol_units_hundredths / 100, 1) })
        : null,
    ],
    [t('product.country'), drink.country && country(drink.country)],
    [t('product.region'), drink.region],
    [t('product.vintage'), drink.vintage?.toString()],
    [t('product.barcode'), drink.gtin],
  ];
  return (
    <section className="mt-6">
      <h2 className="text-xl">{t('product.facts')}</h2>
      <dl className="mt-2 grid grid-cols-[auto_1fr] gap-x-6 gap-y-1">
        {facts.map(
          ([name, fact]) =>
            fact && (
              <div key={name} className="contents">
                <dt className="text-muted">{name}</dt>
                <dd>{fact}</dd>
              </div>
            ),
        )}
      </dl>
    </section>
  );
}
