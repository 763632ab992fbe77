/** What the driver did and the house has not heard: kept on this device, sent in order. */
import type { QueryClient } from '@tanstack/react-query';
import { t } from '@/lib/messages.ts';
import { Failed } from '@/lib/network.ts';
import { said } from '@/lib/said.ts';
import { byTheHouse } from '@/lib/session.ts';

import { type Act, carryOut, type Did, done } from './acts.ts';
import { Kept } from './kept.ts';
import { leadOn } from './last.ts';
import { me } from './requests.ts';

export const waiting = new Kept<Act>('driver-acts', 200);
/** What came of something later than its button, to be read and put away. */
export const notices = new Kept<{ id: string; text: string }>('driver-notices', 10);
/** Orders that ended here by the driver's own hand. */
export const ended = new Set<string>();

export function tell(text: string) {
  notices.add({ id: crypto.randomUUID(), text });
}

export function add(person: string, { job, number }: { job: string; number: string }, did: Did) {
  // Pressed twice, it is still one act.
  if (waiting.all().some((act) => act.job === job && act.did === did.did)) return;
  const at = new Date(byTheHouse()).toISOString();
  waiting.add({ ...did, id: crypto.randomUUID(), person, job, number, at });
}

let sending: Promise<void> | undefined;

/** Sends what waits, one after another, until one cannot be sent now; one tab at a time. */
export function sendAll(readings: QueryClient, person: string): Promise<void> {
  const all = () => sendEach(readings, person);
  sending ??= (navigator.locks ? navigator.locks.request('driver-acts', all) : all()).finally(() => {
    sending = undefined;
  });
  return sending;
}

async function sendEach(readings: QueryClient, person: string): Promise<void> {
  const first = () => waiting.all().find((act) => act.person === person);
  for (let act = first(); act; act = first()) {
    try {
      await carryOut(act);
    } catch (error) {
      if (!(error instanceof Failed) || later(error)) return;
      giveUp(act, error);
      await readings.invalidateQueries({ queryKey: me.queryKey });
      continue;
    }
    await accepted(readings, act);
  }
}

/** What it led to stands before it is taken from the list, so that the page does not go back for a moment. */
async function accepted(readings: QueryClient, act: Act) {
  if (act.did === 'return' || act.did === 'hand_over') ended.add(act.job);
  await readings.cancelQueries({ queryKey: me.queryKey });
  if (readings.getQueryData(me.queryKey))
    readings.setQueryData(me.queryKey, (known) => known && done(known, act));
  else leadOn(act.person, (last) => done(last, act));
  waiting.drop(({ id }) => id === act.id);
  await readings.invalidateQueries({ queryKey: me.queryKey });
}

/** Whether it was not a no, but only not now. */
function later({ problem: { status } }: Failed): boolean {
  return status === 0 || status === 401 || status === 408 || status === 429 || status >= 500;
}

/** A no that comes later: what was to follow for the same order falls with it, and the page leads back. */
function giveUp(act: Act, why: Failed) {
  const rest = waiting.all().filter(({ job, id }) => job === act.job && id !== act.id);
  waiting.drop(({ job }) => job === act.job);
  // Said here, so it need not be said again when the order is gone.
  ended.add(act.job);
  const reason = why.problem.code === 'wrong-state' ? t('driver.no.state') : said(why);
  const text = t('driver.no', { number: act.number, what: t(`driver.did.${act.did}`), why: reason });
  tell(rest.length > 0 ? `${text} ${t('driver.no.rest')}` : text);
}
