/** Who draws a map that moves, fetched when it is wanted. */
import rules from 'maplibre-gl/dist/maplibre-gl.css?url';
import { type ComponentType, useEffect, useState } from 'react';
import { mapSettings } from '@/lib/settings.ts';
import type { DrawerGiven } from './drawer.ts';

type Drawer = ComponentType<DrawerGiven>;

export function byGoogle(): boolean {
  const settings = mapSettings();
  return Boolean(settings && 'google' in settings);
}

async function fetched(): Promise<Drawer> {
  if (byGoogle()) return (await import('./google-map.tsx')).default;
  const [{ default: drawer }] = await Promise.all([import('./maplibre-map.tsx'), styled(rules)]);
  return drawer;
}

/**
 * The rules in a file stand on the page. Where it cannot be fetched nothing is left of the attempt: neither is it
 * held for done the next time, nor does anybody find rules there that cannot be read.
 */
function styled(address: string): Promise<void> {
  if (document.head.querySelector(`link[href="${address}"]`)) return Promise.resolve();
  const link = document.createElement('link');
  link.rel = 'stylesheet';
  link.href = address;
  return new Promise((then, fail) => {
    link.onload = () => then();
    link.onerror = () => {
      link.remove();
      fail(new Error(address));
    };
    document.head.append(link);
  });
}

/**
 * Who draws it, once it is seen and the browser can. Where there is nothing beneath what is ours all of it is drawn
 * already, so the half of a megabyte that moves it smoothly waits until somebody reaches for it. What cannot be
 * fetched now is tried again when there is a network.
 */
export function useDrawer(seen: boolean, taken: boolean): Drawer | undefined {
  const [drawer, setDrawer] = useState<Drawer>();
  const settings = mapSettings();
  const wanted = (settings ? seen : taken) && (byGoogle() || hasWebGl());
  useEffect(() => {
    if (!wanted) return;
    let left = false;
    const get = () =>
      fetched().then(
        (found) => {
          window.removeEventListener('online', get);
          if (!left) setDrawer(() => found);
        },
        () => undefined,
      );
    window.addEventListener('online', get);
    void get();
    return () => {
      left = true;
      window.removeEventListener('online', get);
    };
  }, [wanted]);
  return drawer;
}

let webGl: boolean | undefined;

function hasWebGl(): boolean {
  try {
    webGl ??= Boolean(document.createElement('canvas').getContext('webgl2'));
  } catch {
    webGl = false;
  }
  return webGl;
}
