/** What nobody waits for is done once the page is there. */
export function onceIdle(then: () => void) {
  if ('requestIdleCallback' in window) requestIdleCallback(then, { timeout: 10_000 });
  else setTimeout(then, 3_000);
}
