/** Lets the browser keep what pages are made of, for when there is no network. */
export function keepPages() {
  if (!import.meta.env.PROD || !('serviceWorker' in navigator)) return;
  // Once the page is there, for nothing of this is needed to see it.
  requestIdle(async () => {
    try {
      await navigator.serviceWorker.register('/worker.js');
      const { active } = await navigator.serviceWorker.ready;
      active?.postMessage(performance.getEntriesByType('resource').map(({ name }) => name));
    } catch {
      // A browser that may keep nothing does without.
    }
  });
}

function requestIdle(then: () => void) {
  if ('requestIdleCallback' in window) requestIdleCallback(then, { timeout: 10_000 });
  else setTimeout(then, 3_000);
}
