/** Forms over what may be read anew while somebody types. */
import { useState } from 'react';

/** The key of a form that decides these: another version of something with the same in them is no other form. */
export const keyOf = (...these: unknown[]) => JSON.stringify(these);

/** What a form is filled with: what was read last or, from when somebody types, what it was then. */
export function useHeld<Read>(read: Read, typed: boolean): Read {
  const [held, hold] = useState(read);
  if (typed || held === read) return held;
  hold(read);
  return read;
}
