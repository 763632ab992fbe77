/** Where the visitor wants things delivered, as this browser remembers it: what reaches them is shown by it. */
import { useSyncExternalStore } from 'react';
import { OWN } from './session.ts';

export interface ChosenPlace {
  /** As the visitor knows it. */
  label: string;
  lat: number;
  lon: number;
}

/** It may be where somebody lives: whoever comes after them in this browser does not read it. */
const PLACE = `${OWN}place`;
const watchers = new Set<() => void>();

export function choosePlace(place: ChosenPlace) {
  localStorage.setItem(PLACE, JSON.stringify(place));
  for (const watcher of watchers) watcher();
}

export function usePlace(): ChosenPlace | undefined {
  const text = useSyncExternalStore(
    (watcher) => {
      watchers.add(watcher);
      window.addEventListener('storage', watcher);
      return () => {
        watchers.delete(watcher);
        window.removeEventListener('storage', watcher);
      };
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
