import type { Schema } from '@tipple/api';
import { reading } from '@/lib/reading.ts';
import { send } from '@/lib/send.ts';
import { useSending } from '@/lib/sending.ts';

export const cartOf = (cart: string) => reading('/v1/cart/carts/{cart}', { path: { cart } });

/** When it could be brought. */
export const slotsOf = (cart: string) => reading('/v1/cart/carts/{cart}/slots', { path: { cart } });

interface Wanted {
  product: string;
  quantity: number;
  if_missing?: Schema<'IfMissing'>;
  /** What one costs as it is shown. */
  seen_price?: Schema<'Money'>;
}

/** Sets how many of a product are in a cart, and what is wanted where the store has fewer. */
export function usePutLine(cart: string) {
  return useSending((wanted: Wanted) => putLine(cart, wanted));
}

function putLine(cart: string, { product, quantity, if_missing, seen_price }: Wanted) {
  return send('put', '/v1/cart/carts/{cart}/lines/{product}', {
    path: { cart, product },
    body: { quantity, ...(if_missing && { if_missing }), ...(seen_price && { seen_price }) },
  });
}

/** That the prices of now have been seen. */
export function useSeen({ cart, lines, price_changes }: Schema<'CartPage'>) {
  return useSending(async (_: unknown) => {
    for (const { product, now } of price_changes) {
      const quantity = lines.find((line) => line.product === product)?.quantity;
      if (quantity) await putLine(cart, { product, quantity, seen_price: now });
    }
  });
}
