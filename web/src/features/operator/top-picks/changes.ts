/** Deciding about places, and taking it back. */
import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { Schema } from '@tipple/api';
import { createContext, useContext } from 'react';
import type { Failed } from '@/lib/network.ts';
import { send } from '@/lib/send.ts';
import type { Decision, Pick } from './requests.ts';

export interface Change extends Omit<Schema<'Curate'>, 'action'> {
  product: string;
  /** `clear`: as the score says. */
  action: Schema<'Curate'>['action'] | 'clear';
}

/** What somebody does in one go. */
export interface Act {
  changes: Change[];
  /** What was done, in words. */
  text: string;
  /** As the list is then, where that is known. */
  order?: Pick[];
}

/** The list with one product in another place, and what has to be decided for it to be so. */
export function moved(all: Pick[], from: number, to: number, standing: Map<string, Decision>) {
  const placed: Pick = { ...(all[from] as Pick), pinned: true, reason: 'pinned' };
  const order = all.toSpliced(from, 1).toSpliced(to, 0, placed);
  const changes = order.flatMap((pick, at): Change[] => {
    // Whatever else was given a place and would be pushed out of it is given the one that it gets.
    if (all[at] === pick || !pick.pinned) return [];
    const held = standing.get(pick.product);
    return [
      {
        product: pick.product,
        action: 'pin',
        position: at + 1,
        ...(held?.action === 'pin' && { until: held.until, note: held.note }),
      },
    ];
  });
  return { order, changes };
}

async function decide({ product, action, ...rest }: Change): Promise<string | undefined> {
  const path = { product };
  if (action !== 'clear') {
    const body = { action, ...rest };
    return (await send('put', '/v1/insight/top-picks/{product}', { path, body })).id;
  }
  await send('delete', '/v1/insight/top-picks/{product}', { path });
  return undefined;
}

/** Takes a decision back, unless somebody has decided anew since. */
export const revert = (curation: string) =>
  send('post', '/v1/insight/curations/{curation}/revert', { path: { curation } });

/** What holds now is decided again. */
const again = ({ product, action, position, until, note }: Decision) =>
  decide({ product, action: action as Change['action'], position, until, note });

export interface Done {
  text: string;
  undo: () => Promise<void>;
}

/** What holds now, and who wants to know what was done. */
export const Curating = createContext<{ standing: Map<string, Decision>; done: (done?: Done) => void }>({
  standing: new Map(),
  done: () => {},
});

/** Carries an act out, one decision after the other. */
export function useActs() {
  const { standing, done } = useContext(Curating);
  const readings = useQueryClient();
  return useMutation<void, Failed, Act>({
    // Whoever is faster than the house has one thing done after the other.
    scope: { id: 'top-picks' },
    mutationFn: async ({ changes, text }) => {
      const back: (() => Promise<unknown>)[] = [];
      done();
      for (const change of changes) {
        const before = standing.get(change.product);
        const made = await decide(change);
        back.unshift(() => (made ? revert(made) : before ? again(before) : Promise.resolve()));
      }
      done({
        text,
        undo: async () => {
          for (const one of back) await one();
        },
      });
    },
    // Where one of several did not go through, the others did.
    onSettled: () => readings.invalidateQueries(),
  });
}
