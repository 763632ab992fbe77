import type { Schema } from '@tipple/api';
import { reading } from '@/lib/reading.ts';

/** So many others of its kind are shown. */
export const MOST_SIMILAR = 5;

/** A drink with what stores ask for it: the cheapest, or those after. */
export const drinkOf = (product: string, after?: string) =>
  reading('/v1/catalogue/products/{product}', { path: { product }, query: { limit: 50, after } });

/** Others of its kind, and perhaps itself. */
export const similarTo = ({ category }: Pick<Schema<'ProductView'>, 'category'>) =>
  reading('/v1/catalogue/products', { query: { category, in_stock: true, limit: MOST_SIMILAR + 1 } });
