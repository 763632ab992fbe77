import type { Answer, Schema } from '@tipple/api';
import { about, way } from '@/lib/about.ts';
import { categoriesAround, categoryName } from '@/ui/category-name.ts';

/** In major units, as search engines read prices: `12.99`. */
export function plain({ amount, currency }: Schema<'Money'>): string {
  const digits =
    new Intl.NumberFormat('en', { style: 'currency', currency }).resolvedOptions().maximumFractionDigits ?? 2;
  return (amount / 10 ** digits).toFixed(digits);
}

/** A product as schema.org describes one, and the way to it. */
export function aboutProduct(drink: Answer<'/v1/catalogue/products/{product}'>) {
  const offers = drink.offers.items.map(({ price, store_name, stock }) => ({
    '@type': 'Offer',
    price: plain(price),
    priceCurrency: price.currency,
    availability: `https://schema.org/${stock === 'out' ? 'OutOfStock' : 'InStock'}`,
    seller: { '@type': 'Organization', name: store_name },
  }));
  const around = categoriesAround(drink.category).map((path) => ({
    name: categoryName(path),
    path: `/c/${path}`,
  }));
  const product = {
    '@type': 'Product',
    name: drink.name,
    description: drink.description || undefined,
    brand: { '@type': 'Brand', name: drink.producer },
    category: drink.category,
    gtin: drink.gtin ?? undefined,
    offers: offers.length > 0 ? offers : undefined,
  };
  return about(product, way(...around, { name: drink.name, path: `/p/${drink.product}` }));
}
