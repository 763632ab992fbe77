import type { Answer, Schema } from '@tipple/api';

/** In major units, as search engines read prices: `12.99`. */
export function plain({ amount, currency }: Schema<'Money'>): string {
  const digits =
    new Intl.NumberFormat('en', { style: 'currency', currency }).resolvedOptions().maximumFractionDigits ?? 2;
  return (amount / 10 ** digits).toFixed(digits);
}

/** A product as schema.org describes one. */
export function aboutProduct(drink: Answer<'/v1/catalogue/products/{product}'>) {
  const offers = drink.offers.items.map(({ price, store_name, stock }) => ({
    '@type': 'Offer',
    price: plain(price),
    priceCurrency: price.currency,
    availability: `https://schema.org/${stock === 'out' ? 'OutOfStock' : 'InStock'}`,
    seller: { '@type': 'Organization', name: store_name },
  }));
  return {
    '@context': 'https://schema.org',
    '@type': 'Product',
    name: drink.name,
    description: drink.description || undefined,
    brand: { '@type': 'Brand', name: drink.producer },
    category: drink.category,
    gtin: drink.gtin ?? undefined,
    offers: offers.length > 0 ? offers : undefined,
  };
}
