/** What the house said last, for a page that is opened again where it cannot be asked. */
import type { Schema } from '@tipple/api';
import { useEffect } from 'react';
import { OWN } from '@/lib/session.ts';

const KEY = `${OWN}driver`;

/** What it says now, or said to this person last. Where people live is kept no longer than the shift. */
export function useLast(person: string, said: Schema<'Me'> | undefined): Schema<'Me'> | undefined {
  useEffect(() => {
    if (said?.step === 'begin_shift') localStorage.removeItem(KEY);
    else if (said) localStorage.setItem(KEY, JSON.stringify({ person, said }));
  }, [person, said]);
  return said ?? kept(person);
}

/** Where the house was not heard yet since the page was opened, what it said last is led on by what it took. */
export function leadOn(person: string, led: (last: Schema<'Me'>) => Schema<'Me'>) {
  const last = kept(person);
  if (last) localStorage.setItem(KEY, JSON.stringify({ person, said: led(last) }));
}

function kept(person: string): Schema<'Me'> | undefined {
  try {
    const last = JSON.parse(localStorage.getItem(KEY) ?? '{}');
    // An offer has ended long since.
    return last.person === person ? { can: [], ...last.said, offer: null } : undefined;
  } catch {
    return undefined;
  }
}
