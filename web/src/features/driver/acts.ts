/** What a driver does that cannot wait for a network, and what it leads to. */
import type { Schema } from '@tipple/api';
import { Failed } from '@/lib/network.ts';
import { send } from '@/lib/send.ts';
import { byTheHouse } from '@/lib/session.ts';

export type Did =
  | { did: 'arrive' }
  | { did: 'hand_over'; body: Schema<'HandOver'> }
  | { did: 'refuse'; body: Schema<'Refuse'> }
  | { did: 'return' };

export type Act = Did & {
  id: string;
  /** Whose it is: nobody else on this device sends it. */
  person: string;
  job: string;
  /** What people call the order. */
  number: string;
  /** When it was done, by the house's clock; older acts do not say. */
  at?: string;
};

/** What is told so much later than it was done, in milliseconds, is told with its time. */
const LATER = 10_000;

/**
 * Each of these gives the same answer when it comes a second time, so one whose answer was lost is sent again. A time
 * that the house does not take (this phone's clock is wrong, or it is too long ago) is left out.
 */
export async function carryOut(act: Act): Promise<unknown> {
  const late = act.at !== undefined && byTheHouse() - Date.parse(act.at) > LATER;
  try {
    return await tell(act, late ? act.at : undefined);
  } catch (error) {
    if (!late || !(error instanceof Failed) || error.problem.field !== 'happened_at') throw error;
    return tell(act);
  }
}

function tell(act: Act, happened_at?: string): Promise<unknown> {
  const asked = { path: { job: act.job }, query: { happened_at } };
  switch (act.did) {
    case 'arrive':
      return send('post', '/v1/delivery/jobs/{job}/arrive', asked);
    case 'hand_over':
      return send('post', '/v1/delivery/jobs/{job}/hand-over', { ...asked, body: act.body });
    case 'refuse':
      return send('post', '/v1/delivery/jobs/{job}/refuse', { ...asked, body: act.body });
    case 'return':
      return send('post', '/v1/delivery/jobs/{job}/return', asked);
  }
}

type Me = Schema<'Me'>;

/**
 * What is shown while the house has not heard of an act. Handing over changes nothing until it is answered:
 * whether a check still held is the house's to say.
 */
export function foreseen(me: Me, act: Act): Me {
  const job = me.job;
  if (job?.job !== act.job) return me;
  // An act is foreseen where the house lets it be done, and leads on from there to what it lets be done next.
  if (act.did === 'hand_over' || !job.can.includes(act.did)) return me;
  if (act.did === 'arrive')
    return { ...me, step: 'at_door', job: { ...job, state: 'arrived', ...job.at_door } };
  return act.did === 'return' ? after(me) : goingBack(me, job);
}

/** The same once the house has said yes. */
export function done(me: Me, act: Act): Me {
  const job = me.job;
  if (act.did !== 'hand_over' || job?.job !== act.job || job.state !== 'arrived') return foreseen(me, act);
  return act.body.lines ? goingBack(me, job) : after(me);
}

function goingBack(me: Me, job: Schema<'DriverJob'>): Me {
  return { ...me, step: 'go_back', job: { ...job, state: 'returning', can: RETURNING } };
}

/** All that can be done with what goes back to the store. */
export const RETURNING: Schema<'Deed'>[] = ['return'];

function after(me: Me): Me {
  const step = me.next ? 'go_to_store' : me.offer ? 'answer_offer' : 'wait_for_offer';
  return { ...me, step, job: me.next, next: null };
}
