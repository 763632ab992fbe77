import type { Schema } from '@tipple/api';
import type { ReactNode } from 'react';
import { part } from '@/lib/lazily.ts';
import { Later } from '@/ui/later.tsx';
import { Bar } from '@/ui/waiting.tsx';

const Obstacles = part(() => import('./obstacles.tsx'), 'reasons');
const Prices = part(() => import('./prices.tsx'), 'reasons');

interface Shown {
  cart: string;
  problems: Schema<'CartProblem'>[];
}

/** What stands in the way of ordering it; most baskets have nothing of that, and do without its words. */
export function InTheWay({ cart, problems }: Shown) {
  return (
    <ReadOut some={problems.length > 0} room="h-11">
      <Obstacles cart={cart} problems={problems} />
    </ReadOut>
  );
}

/** What costs something else than when it was shown last. */
export function PricesChanged({ cart }: { cart: Schema<'CartPage'> }) {
  return (
    <ReadOut some={cart.price_changes.length > 0} room="h-20">
      <Prices cart={cart} />
    </ReadOut>
  );
}

/** It is there before what it tells, or that would not be read out; and takes no room meanwhile. */
function ReadOut({ some, room, children }: { some: boolean; room: string; children: ReactNode }) {
  return (
    <div aria-live="polite" className={some ? undefined : 'sr-only'}>
      {some && <Later room={<Bar className={`${room} w-full`} />}>{children}</Later>}
    </div>
  );
}
