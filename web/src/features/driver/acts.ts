/** What a driver does that cannot wait for a network, and what it leads to. */
import type { Schema } from '@tipple/api';
import { send } from '@/lib/sending.ts';

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
};

/** Each of these gives the same answer when it comes a second time, so one whose answer was lost is sent again. */
export function carryOut(act: Act): Promise<unknown> {
  const path = { job: act.job };
  switch (act.did) {
    case 'arrive':
      return send('post', '/v1/delivery/jobs/{job}/arrive', { path });
    case 'hand_over':
      return send('post', '/v1/delivery/jobs/{job}/hand-over', { path, body: act.body });
    case 'refuse':
      return send('post', '/v1/delivery/jobs/{job}/refuse', { path, body: act.body });
    case 'return':
      return send('post', '/v1/delivery/jobs/{job}/return', { path });
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
  if (act.did === 'arrive' && job.state === 'picked_up')
    return { ...me, step: 'at_door', job: { ...job, state: 'arrived', can: ['check', 'refuse'] } };
  if (act.did === 'refuse' && (job.state === 'picked_up' || job.state === 'arrived'))
    return { ...me, step: 'go_back', job: { ...job, state: 'returning', can: ['return'] } };
  if (act.did === 'return' && job.state === 'returning') return after(me);
  return me;
}

/** The same once the house has said yes. */
export function done(me: Me, act: Act): Me {
  const job = me.job;
  if (act.did !== 'hand_over' || job?.job !== act.job || job.state !== 'arrived') return foreseen(me, act);
  if (!act.body.lines) return after(me);
  return { ...me, step: 'go_back', job: { ...job, state: 'returning', can: ['return'] } };
}

function after(me: Me): Me {
  const step = me.next ? 'go_to_store' : me.offer ? 'answer_offer' : 'wait_for_offer';
  return { ...me, step, job: me.next, next: null };
}
