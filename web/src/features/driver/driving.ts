/** What goes on during a shift, whichever of the driver's pages is open. */
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect } from 'react';
import { onceIdle } from '@/lib/idle.ts';
import type { Failed } from '@/lib/network.ts';
import { useSignedIn } from '@/lib/session.ts';
import { useAwake } from './awake.ts';
import { useKept } from './kept.ts';
import { useLast } from './last.ts';
import { useLost } from './lost.ts';
import { useOnline } from './online.ts';
import { usePings } from './pings.ts';
import { sendAll, waiting } from './queue.ts';
import { me } from './requests.ts';

/** So often it is tried to send what waits, in milliseconds. */
const OFTEN = 5_000;

/** What the house says, or said last; it learns where the driver is, and what was done. */
export function useDriving(person: string) {
  const signedIn = useSignedIn();
  const { data: said, error, refetch } = useQuery({ ...me, enabled: signedIn });
  const data = useLast(person, said);
  const acts = useKept(waiting).filter((act) => act.person === person);
  useSendingOn(person, acts.length > 0);
  useLost(said);
  const onShift = Boolean(data?.on_shift_since);
  const place = usePings(onShift);
  useAwake(onShift);
  useEffect(keepOthers, []);
  return { signedIn, data, acts, place, cut: !useOnline() || isCut(error), error, refetch };
}

/** Whether the house could not be reached, or did not make sense. */
export function isCut(error: Failed | null): boolean {
  const status = error?.problem?.status;
  return status === 0 || (status !== undefined && status >= 500);
}

/** The driver's other pages are fetched before they are wanted: that may be where there is no network. */
function keepOthers() {
  onceIdle(async () => {
    await Promise.allSettled([import('./page.tsx'), import('./earnings.tsx')]);
  });
}

function useSendingOn(person: string, some: boolean) {
  const readings = useQueryClient();
  useEffect(() => {
    if (!some) return;
    const now = () => void sendAll(readings, person);
    now();
    const timer = setInterval(now, OFTEN);
    window.addEventListener('online', now);
    document.addEventListener('visibilitychange', now);
    return () => {
      clearInterval(timer);
      window.removeEventListener('online', now);
      document.removeEventListener('visibilitychange', now);
    };
  }, [readings, person, some]);
}
