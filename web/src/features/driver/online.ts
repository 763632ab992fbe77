import { useSyncExternalStore } from 'react';

/** Whether the phone has a network at all. */
export function useOnline(): boolean {
  return useSyncExternalStore(
    (watcher) => {
      window.addEventListener('online', watcher);
      window.addEventListener('offline', watcher);
      return () => {
        window.removeEventListener('online', watcher);
        window.removeEventListener('offline', watcher);
      };
    },
    () => navigator.onLine,
  );
}
