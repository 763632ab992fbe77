/** Letters that were put back while this page is open, and what became of each. */
import type { Schema } from '@tipple/api';
import { useState } from 'react';
import { Failed } from '@/lib/network.ts';
import { send } from '@/lib/send.ts';

export type Dead = Schema<'DeadLetter'>;

interface Replay {
  /** When it had died before. */
  dead_at: string;
  /** Why it could not be put back, where it could not. */
  failed?: Failed;
}

export function useReplays() {
  const [all, set] = useState<ReadonlyMap<number, Replay>>(new Map());
  return {
    any: all.size > 0,
    /** Puts them back one by one: one that cannot be keeps none of the others. */
    put: async (letters: Dead[]) => {
      for (const { letter, dead_at } of letters) {
        const failed = await replayed(letter);
        set((was) => new Map(was).set(letter, { dead_at, failed }));
        // Without a network the rest would fail alike.
        if (failed?.problem.status === 0) throw failed;
      }
    },
    /** How many are handled anew, or were. */
    gone: (here: Dead[]) =>
      [...all].filter(([letter, { failed }]) => !failed && here.every((one) => one.letter !== letter)).length,
    /** Why one is still here, or that it is here again. */
    became: ({ letter, dead_at }: Dead): Failed | 'again' | undefined => {
      const put = all.get(letter);
      return put?.failed ?? (put && put.dead_at !== dead_at ? 'again' : undefined);
    },
  };
}

async function replayed(letter: number): Promise<Failed | undefined> {
  try {
    await send('post', '/v1/gateway/dead-letters/{letter}/replay', { path: { letter } });
    return undefined;
  } catch (error) {
    if (error instanceof Failed) return error;
    throw error;
  }
}
