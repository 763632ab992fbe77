/** Tells the house that somebody looked at a product. */
import { request } from '@tipple/api';
import type { Came } from '@/lib/came.ts';
import { ask } from '@/lib/network.ts';

const VISITOR = 'visitor';

/** Nobody needs to hear what became of it. */
export function view(product: string, { from = 'direct', store }: Came) {
  const body = { product, from, store, visitor: visitor() };
  const { address, init } = request('post', '/v1/insight/views', { body });
  ask(address, init, true).catch(() => undefined);
}

/** The same for this browser, and nothing that names a person. */
function visitor(): string {
  const known = localStorage.getItem(VISITOR);
  if (known) return known;
  const next = [...crypto.getRandomValues(new Uint8Array(16))]
    .map((byte) => byte.toString(16).padStart(2, '0'))
    .join('');
  localStorage.setItem(VISITOR, next);
  return next;
}
