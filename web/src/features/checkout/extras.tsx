import type { Schema } from '@tipple/api';
import { Coupon } from './coupon.tsx';
import { Tip } from './tip.tsx';
import { When } from './when.tsx';

/** What most leave as it is: when it comes, and what is added to it or taken off. */
export function Page({ cart }: { cart: Schema<'CartPage'> }): React.ReactNode {
  return (
    <>
      <When cart={cart} />
      <Tip cart={cart} />
      <Coupon cart={cart} />
    </>
  );
}
