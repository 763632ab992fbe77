/** Says that a product's page was looked at: what is looked at much comes to the fore. */
import { useLocation } from '@tanstack/react-router';
import { request } from '@tipple/api';
import { useEffect } from 'react';
import type { Came } from '@/lib/came.ts';
import { onceIdle } from '@/lib/idle.ts';
import { ask } from '@/lib/network.ts';

const VISITOR = 'visitor';
const MACHINES = /bot|crawl|spider|lighthouse|pagespeed/i;

/** Once somebody sees the page; pages that browsers fetch beforehand, and machines that read them, do not count. */
export function useViewed(product: string) {
  const from = useLocation({ select: ({ state }) => state.from });
  const store = useLocation({ select: ({ state }) => state.store });
  useEffect(() => {
    if (MACHINES.test(navigator.userAgent)) return;
    const leaving = new AbortController();
    const { signal } = leaving;
    const look = () => {
      if (document.visibilityState !== 'visible') return;
      document.removeEventListener('visibilitychange', look);
      onceIdle(() => signal.aborted || view(product, { from, store }));
    };
    document.addEventListener('visibilitychange', look, { signal });
    look();
    return () => leaving.abort();
  }, [product, from, store]);
}

/** Nobody needs to hear what became of it. */
function view(product: string, { from = 'direct', store }: Came) {
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
