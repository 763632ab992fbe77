/** That somebody has said how old they are, as this device remembers it: asked once before alcohol goes into a basket. */
import type { QueryClient } from '@tanstack/react-query';
import { reading } from './reading.ts';

const AGE = 'of-age';
/** The law does not change by the minute, in milliseconds. */
const LASTS = 3_600_000;

/** What a store says of itself, with the age that the law asks for there. */
export const storeOf = (store: string) => reading('/v1/catalogue/stores/{store}', { path: { store } });

/** The age that was said to be reached; none where nobody was asked. */
const said = () => Number(localStorage.getItem(AGE)) || undefined;

export function sayOfAge(age: number) {
  localStorage.setItem(AGE, String(Math.max(age, said() ?? 0)));
}

/** Whether whoever is here said that they are old enough for what is sold at a store. */
export async function saidOfAge(readings: QueryClient, store: string): Promise<boolean> {
  const age = said();
  if (age === undefined) return false;
  const shown = await readings.fetchQuery({ ...storeOf(store), staleTime: LASTS }).catch(() => undefined);
  // Where nobody knows better, what was said holds; the door asks for a document anyway.
  return age >= (shown?.sells.minimum_age ?? 0);
}
