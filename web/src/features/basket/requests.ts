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
}

/** Sets how many of a product are in a cart, and what is wanted where the store has fewer. */
export function usePutLine(cart: string) {
  return useSending(({ product, quantity, if_missing }: Wanted) =>
    send('put', '/v1/cart/carts/{cart}/lines/{product}', {
      path: { cart, product },
      body: { quantity, ...(if_missing && { if_missing }) },
    }),
  );
}
