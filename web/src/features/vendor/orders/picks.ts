import type { Schema } from '@tipple/api';
import { useState } from 'react';

/** What is put in for units that are not there. */
export interface PutIn {
  product: string;
  name: string;
  /** Units on the shelf. */
  free: number;
  quantity: number;
}

/** What there is of a line, once somebody has looked. */
export interface Pick {
  picked: number;
  instead?: PutIn;
}

/** By line. */
export type Picks = Record<string, Pick>;

const keyOf = (order: string) => `picks-${order}`;

export const forgetPicks = (order: string) => sessionStorage.removeItem(keyOf(order));

/** What is in the bag, kept while this tab is open. Nothing said of a line takes back what was said. */
export function usePicks(order: string) {
  const [picks, setPicks] = useState<Picks>(() => JSON.parse(sessionStorage.getItem(keyOf(order)) ?? '{}'));
  const say = (line: string, pick?: Pick) => {
    const { [line]: _, ...others } = picks;
    const next = pick ? { ...others, [line]: pick } : others;
    sessionStorage.setItem(keyOf(order), JSON.stringify(next));
    setPicks(next);
  };
  return [picks, say] as const;
}

/** The lines of which not all is there, as the house is told of them. */
export function short(lines: Schema<'OrderLine'>[], picks: Picks): Schema<'PickedLine'>[] {
  return lines.flatMap(({ line, quantity }) => {
    const pick = picks[line];
    if (!pick || pick.picked >= quantity) return [];
    const { picked, instead } = pick;
    return [
      { line, picked, ...(instead && { instead: { product: instead.product, quantity: instead.quantity } }) },
    ];
  });
}
