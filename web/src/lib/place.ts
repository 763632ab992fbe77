/** Where the visitor wants things delivered, as this browser remembers it: what reaches them is shown by it. */
import { useSyncExternalStore } from 'react';

export interface ChosenPlace {
  /** As the visitor knows it. */
  label: string;
  lat: number;
  lon: number;
}

/** Somebody's own, as `OWN` of session.ts says: who comes after them in this browser does not read where they live. */
const PLACE = 'own:place';
const watchers = new Set<() => void>();

export function choosePlace(place: ChosenPlace) {
  localStorage.setItem(PLACE, JSON.stringify(place));
  for (const watcher of watchers) watcher();
}

export function usePlace(): ChosenPlace | undefined {
  const text = useSyncExternalStore(
    (watcher) => {
      watchers.add(watcher);
      return () => watchers.delete(watcher);
    },
    () => localStorage.getItem(PLACE) ?? '',
    () => '',
  );
  return text ? JSON.parse(text) : undefined;
}

/** As the interface takes it. */
export function near({ lat, lon }: ChosenPlace): string {
  return `${lat.toFixed(5)},${lon.toFixed(5)}`;
}
