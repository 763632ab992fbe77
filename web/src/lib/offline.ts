import { onceIdle } from './idle.ts';

/** Lets the browser keep what pages are made of, for when there is no network. */
export function keepPages() {
  if (!import.meta.env.PROD || !('serviceWorker' in navigator)) return;
  onceIdle(async () => {
    try {
      await navigator.serviceWorker.register('/worker.js');
      const { active } = await navigator.serviceWorker.ready;
      active?.postMessage(performance.getEntriesByType('resource').map(({ name }) => name));
    } catch {
      // A browser that may keep nothing does without.
    }
  });
}
