import type { Schema } from '@tipple/api';
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
  if (problems.length === 0) return null;
  return (
    <Later room={<Bar className="h-11 w-full" />}>
      <Obstacles cart={cart} problems={problems} />
    </Later>
  );
}

/** What costs something else than when it was shown last. */
export function PricesChanged({ cart }: { cart: Schema<'CartPage'> }) {
  if (cart.price_changes.length === 0) return null;
  return (
    <Later room={<Bar className="h-20 w-full" />}>
      <Prices cart={cart} />
    </Later>
  );
}
