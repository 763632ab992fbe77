/** Lists that outlive the page, on this device. */
import { useSyncExternalStore } from 'react';

const watchers = new Set<() => void>();

export class Kept<One extends { id: string }> {
  constructor(
    private readonly key: string,
    /** More than that, and the oldest go. */
    private readonly most: number,
  ) {}

  all(): One[] {
    return read<One>(this.text());
  }

  text(): string {
    return localStorage.getItem(this.key) ?? '[]';
  }

  add(one: One) {
    this.write([...this.all(), one].slice(-this.most));
  }

  drop(gone: (one: One) => boolean) {
    this.write(this.all().filter((one) => !gone(one)));
  }

  private write(all: One[]) {
    localStorage.setItem(this.key, JSON.stringify(all));
    for (const watcher of watchers) watcher();
  }
}

/** The list as it is now, here and in other tabs. */
export function useKept<One extends { id: string }>(list: Kept<One>): One[] {
  return read<One>(useSyncExternalStore(watch, () => list.text()));
}

function read<One>(text: string): One[] {
  try {
    return JSON.parse(text);
  } catch {
    return [];
  }
}

function watch(watcher: () => void) {
  watchers.add(watcher);
  window.addEventListener('storage', watcher);
  return () => {
    watchers.delete(watcher);
    window.removeEventListener('storage', watcher);
  };
}
