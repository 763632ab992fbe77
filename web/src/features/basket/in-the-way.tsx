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
  const some = problems.length > 0;
  // It is there before what it tells, or that would not be read out; and takes no room meanwhile.
  return (
    <div aria-live="polite" className={some ? undefined : 'sr-only'}>
      {some && (
        <Later room={<Bar className="h-11 w-full" />}>
          <Obstacles cart={cart} problems={problems} />
        </Later>
      )}
    </div>
  );
}

/** What costs something else than when it was shown last. */
export function PricesChanged({ cart }: { cart: Schema<'CartPage'> }) {
  const some = cart.price_changes.length > 0;
  return (
    <div aria-live="polite" className={some ? undefined : 'sr-only'}>
      {some && (
        <Later room={<Bar className="h-20 w-full" />}>
          <Prices cart={cart} />
        </Later>
      )}
    </div>
  );
}
