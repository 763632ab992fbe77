/** Where the driver is: sent on shift alone, and only while the page is open. */
import { useQueryClient } from '@tanstack/react-query';
import type { Schema } from '@tipple/api';
import { useEffect, useState, useSyncExternalStore } from 'react';
import { Failed } from '@/lib/network.ts';
import { send } from '@/lib/send.ts';
import { byTheHouse } from '@/lib/session.ts';
import { Kept } from './kept.ts';
import { me } from './requests.ts';

type Point = Schema<'Ping'> & { id: string };

/** As many as the house takes at once. */
const points = new Kept<Point>('driver-points', 100);
const LAST = 'driver-place';
/** So far apart they are kept, and so often sent, in milliseconds. */
const APART = 5_000;
const OFTEN = 10_000;

export type Place = Schema<'Place'>;

const watchers = new Set<() => void>();

const lastText = () => localStorage.getItem(LAST) ?? '';
const read = (text: string): Place | undefined => (text ? JSON.parse(text) : undefined);

export function lastKnown(): Place | undefined {
  return read(lastText());
}

/** The same, as it changes. */
export function useLastKnown(): Place | undefined {
  const text = useSyncExternalStore((watcher) => {
    watchers.add(watcher);
    return () => watchers.delete(watcher);
  }, lastText);
  return read(text);
}

export function remember(place: Place) {
  localStorage.setItem(LAST, JSON.stringify(place));
  for (const watcher of watchers) watcher();
}

/** Sends where the driver is while `on`; says whether the device tells it. */
export function usePings(on: boolean): 'asking' | 'sent' | 'none' {
  const [state, setState] = useState<'asking' | 'sent' | 'none'>('asking');
  const readings = useQueryClient();
  useEffect(() => {
    if (!on) return;
    if (!('geolocation' in navigator)) {
      setState('none');
      return;
    }
    let newest = 0;
    const sendNow = () =>
      sendPoints().catch((error) => {
        // Off shift, or of no use: neither is sent again.
        if (!(error instanceof Failed && [409, 422].includes(error.problem.status))) return;
        points.drop(() => true);
        void readings.invalidateQueries({ queryKey: me.queryKey });
      });
    const watch = navigator.geolocation.watchPosition(
      ({ coords, timestamp }) => {
        setState('sent');
        if (timestamp - newest < APART) return;
        const place = { lat: coords.latitude, lon: coords.longitude };
        remember(place);
        const at = new Date(byTheHouse(timestamp)).toISOString();
        points.add({ id: at, at, place });
        if (newest === 0) void sendNow();
        newest = timestamp;
      },
      () => setState('none'),
      { enableHighAccuracy: true, maximumAge: OFTEN },
    );
    const timer = setInterval(sendNow, OFTEN);
    return () => {
      navigator.geolocation.clearWatch(watch);
      clearInterval(timer);
      points.drop(() => true);
    };
  }, [on, readings]);
  return state;
}

/** What was sent and not answered is sent again: the house knows those that it has. */
async function sendPoints() {
  const all = points.all();
  if (all.length === 0) return;
  const body = { points: all.map(({ at, place }) => ({ at, place })) };
  await send('post', '/v1/delivery/pings', { body });
  const sent = new Set(all.map(({ id }) => id));
  points.drop(({ id }) => sent.has(id));
}
