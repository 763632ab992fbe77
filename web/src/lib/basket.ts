/** What is in the visitor's baskets: at the house for who is signed in, on this device until then. */
import type { Schema } from '@tipple/api';
import { useSyncExternalStore } from 'react';
import { send } from './send.ts';
import { whoever } from './session.ts';

/** What somebody wants who has not said who they are. */
export interface Wanted {
  store: string;
  storeName: string;
  product: string;
  name: string;
  quantity: number;
  /** What one cost as it was shown. */
  seen_price?: Schema<'Money'>;
}

const WANTED = 'wanted';
/** Of the carts at the house, which are a person's: it goes with the session, as `OWN` of session.ts says. */
export const COUNT = 'own:in-baskets';
/** More than anybody types by hand; the house has limits of its own. */
const MOST = 50;
const watchers = new Set<() => void>();

export function keep(key: string, value: unknown) {
  localStorage.setItem(key, JSON.stringify(value));
  for (const watcher of watchers) watcher();
}

function kept<Value>(key: string, otherwise: Value): Value {
  try {
    return JSON.parse(localStorage.getItem(key) ?? '') as Value;
  } catch {
    return otherwise;
  }
}

export const wanted = () => kept<Wanted[]>(WANTED, []);

/** How many bottles are in baskets, as was last seen here. */
export function count(): number {
  return wanted().reduce((sum, one) => sum + one.quantity, kept(COUNT, 0));
}

export function useCount(): number {
  return useSyncExternalStore(watch, count, () => 0);
}

export function watch(watcher: () => void) {
  watchers.add(watcher);
  window.addEventListener('storage', watcher);
  return () => {
    watchers.delete(watcher);
    window.removeEventListener('storage', watcher);
  };
}

/** Puts more of a product into the basket at its store. */
export async function add(one: Wanted): Promise<void> {
  if (await whoever()) {
    await pour(one);
    return;
  }
  const all = wanted();
  const same = all.find(({ store, product }) => store === one.store && product === one.product);
  if (same) {
    same.quantity += one.quantity;
    same.seen_price = one.seen_price;
  } else all.push(one);
  keep(WANTED, all.slice(-MOST));
}

/** Sets how much of it is wanted here; nothing takes it away. */
export function want(one: Wanted, quantity: number) {
  const others = wanted().map((other) =>
    other.store === one.store && other.product === one.product ? { ...other, quantity } : other,
  );
  keep(
    WANTED,
    others.filter((other) => other.quantity > 0),
  );
}

/** What was wanted here goes into carts at the house; what cannot go stays, and keeps nothing else from going. */
export async function pourAll(): Promise<void> {
  let first: unknown;
  for (const one of wanted()) {
    await pour(one).then(
      () => want(one, 0),
      (failed) => {
        first ??= failed;
      },
    );
  }
  if (first) throw first;
}

async function pour({ store, product, quantity, seen_price }: Wanted): Promise<void> {
  const cart = await send('post', '/v1/cart/carts', { body: { store } });
  const there = cart.lines.find((line) => line.product === product)?.quantity ?? 0;
  const path = { cart: cart.cart, product };
  const next = await send('put', '/v1/cart/carts/{cart}/lines/{product}', {
    path,
    body: { quantity: there + quantity, seen_price },
  });
  recount(cart, next);
}

interface Lines {
  lines: { quantity: number }[];
}

/** One cart has become another. */
export function recount(before: Lines, after: Lines) {
  const sum = ({ lines }: Lines) => lines.reduce((all, { quantity }) => all + quantity, 0);
  keep(COUNT, Math.max(kept(COUNT, 0) - sum(before), 0) + sum(after));
}
