/** What is typed into the address of a page. */
import { useEffect, useRef } from 'react';

/** Choices are steps on the way back. What is typed, be it a day, takes the place of what was there: no letter is a step. */
export const asTyped = { replace: true } as const;

/** For a field whose words stand in the address: where somebody goes to another one, the field follows. */
export function useFollowing(value = '') {
  const input = useRef<HTMLInputElement>(null);
  useEffect(() => {
    // While one types the field is ahead of the address.
    if (input.current && input.current !== document.activeElement) input.current.value = value;
  }, [value]);
  return input;
}
