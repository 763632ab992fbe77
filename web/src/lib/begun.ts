/** Whether somebody has begun to use what they see: what can wait until then is not asked for before. */
import { useSyncExternalStore } from 'react';

// A finger is a pointer, too.
const SIGNS = ['pointermove', 'pointerdown', 'keydown', 'scroll'] as const;

let begun = false;
const watchers = new Set<() => void>();

function begin() {
  begun = true;
  for (const sign of SIGNS) removeEventListener(sign, begin);
  for (const watcher of watchers) watcher();
}

if (!import.meta.env.SSR) for (const sign of SIGNS) addEventListener(sign, begin, { passive: true });

export function useBegun(): boolean {
  return useSyncExternalStore(
    (watcher) => {
      watchers.add(watcher);
      return () => watchers.delete(watcher);
    },
    () => begun,
    () => false,
  );
}
