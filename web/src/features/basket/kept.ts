/** What only the page of all baskets reads and writes of what is kept on this device. */
import { useSyncExternalStore } from 'react';
import { COUNT, keep, type Wanted, wanted, watch } from '@/lib/basket.ts';

/** Says how many the house has in its carts. */
export function counted(carts: { lines: { quantity: number }[] }[]) {
  keep(
    COUNT,
    carts.flatMap(({ lines }) => lines).reduce((sum, { quantity }) => sum + quantity, 0),
  );
}

/** What is wanted here, as text: the same text for the same. */
export function useWanted(): Wanted[] {
  const text = () => JSON.stringify(wanted());
  return JSON.parse(useSyncExternalStore(watch, text, () => '[]'));
}
