import type { Schema } from '@tipple/api';
import { Failed } from '@/lib/network.ts';
import { send } from '@/lib/send.ts';
import { useSending } from '@/lib/sending.ts';

interface Seen {
  total: Schema<'Money'>;
  /** Absent for as soon as possible. */
  slot?: Schema<'Slot'> | null;
}

/** Places the order for the total and the time that were seen. Pressed again after a lost answer, it is the same order. */
export function usePlacing(cart: string, then: (placed: Schema<'Placed'>) => void | Promise<void>) {
  return useSending(async ({ total: expected_total, slot }: Seen) => {
    const expected_slot = slot ? { from: slot.from } : {};
    const name = `placing ${cart} ${expected_total.amount} ${slot?.from ?? 'soon'}`;
    const key = sessionStorage.getItem(name) ?? crypto.randomUUID();
    sessionStorage.setItem(name, key);
    try {
      return await send('post', '/v1/orders/orders', {
        header: { 'idempotency-key': key },
        body: { cart, expected_total, expected_slot },
      });
    } catch (error) {
      // A clear no ends this attempt: what comes next is another one.
      const status = error instanceof Failed ? error.problem.status : 0;
      if (status >= 400 && status < 500) sessionStorage.removeItem(name);
      throw error;
    }
  }, then);
}
