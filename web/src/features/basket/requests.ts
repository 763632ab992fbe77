import { reading } from '@/lib/reading.ts';
import { send, useSending } from '@/lib/sending.ts';

export const cartOf = (cart: string) => reading('/v1/cart/carts/{cart}', { path: { cart } });

/** Sets how many of a product are in a cart. */
export function usePutLine(cart: string) {
  return useSending(({ product, quantity }: { product: string; quantity: number }) =>
    send('put', '/v1/cart/carts/{cart}/lines/{product}', { path: { cart, product }, body: { quantity } }),
  );
}
