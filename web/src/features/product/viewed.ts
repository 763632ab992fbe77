/** Says that a product's page was looked at: what is looked at much comes to the fore. */
import { useLocation } from '@tanstack/react-router';
import { useEffect } from 'react';
import { onceIdle } from '@/lib/idle.ts';

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
      onceIdle(async () => {
        // Nobody needs to hear what became of it.
        const told = await import('./view.ts').catch(() => undefined);
        if (!signal.aborted) told?.view(product, { from, store });
      });
    };
    document.addEventListener('visibilitychange', look, { signal });
    look();
    return () => leaving.abort();
  }, [product, from, store]);
}
