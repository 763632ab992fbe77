/** What was ordered before, into a basket and out of it again. */
import type { Schema } from '@tipple/api';
import { recount } from '@/lib/basket.ts';
import { send } from '@/lib/send.ts';

/** Puts what was ordered before into the cart at its store, as far as the store has it. */
export async function refill(store: string, lines: Schema<'FillLine'>[]): Promise<Schema<'Filled'>> {
  const cart = await send('post', '/v1/cart/carts', { body: { store } });
  const wanted = lines.map(({ product, quantity, if_missing }) => ({ product, quantity, if_missing }));
  const path = { cart: cart.cart };
  const filled = await send('post', '/v1/cart/carts/{cart}/lines', { path, body: { lines: wanted } });
  recount(cart, filled);
  return filled;
}

/** Takes that back: what was in the cart before is in it again. */
export async function takeBack(filled: Schema<'Filled'>) {
  for (const { product, was, now } of filled.refilled) {
    if (now === was) continue;
    const path = { cart: filled.cart, product };
    await send('put', '/v1/cart/carts/{cart}/lines/{product}', { path, body: { quantity: was } });
  }
  const after = filled.refilled.map(({ was, now }) => ({ quantity: was - now }));
  recount({ lines: [] }, { lines: after });
}
