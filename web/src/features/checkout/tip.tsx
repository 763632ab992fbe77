import type { Schema } from '@tipple/api';
import { useState } from 'react';
import { money } from '@/lib/format.ts';
import { t } from '@/lib/messages.ts';
import { send } from '@/lib/send.ts';
import { useSending } from '@/lib/sending.ts';
import { card, legend } from '@/ui/button.ts';
import { Said } from '@/ui/said.tsx';

/** For the driver, all of it: one of the tips that the house offers, or the one that was chosen before. */
export function Tip({ cart }: { cart: Schema<'CartPage'> }) {
  const put = useSending((amount: number) =>
    send('put', '/v1/cart/carts/{cart}/tip', { path: { cart: cart.cart }, body: { amount } }),
  );
  // As it was pressed, while the house hears of it.
  const [pressed, setPressed] = useState<number>();
  if (cart.tip_choices.length === 0) return null;
  const chosen = pressed ?? cart.tip.amount;
  const amounts = cart.tip_choices.map(({ amount }) => amount.amount);
  const all = amounts.includes(chosen) ? amounts : [...amounts, chosen];
  return (
    <fieldset className={card}>
      <legend className={legend}>{t('tip.title')}</legend>
      <p className="clear-both text-muted">{t('tip.text')}</p>
      <div className="mt-3 flex flex-wrap gap-2">
        {all.map((amount) => (
          <label
            key={amount}
            className="flex min-h-11 cursor-pointer items-center rounded-pill border border-control px-4 has-checked:border-brand has-checked:bg-brand-soft has-focus-visible:outline-3 has-focus-visible:outline-offset-2 has-focus-visible:outline-brand"
          >
            <input
              type="radio"
              name="tip"
              className="sr-only"
              checked={chosen === amount}
              onChange={() => {
                setPressed(amount);
                put.mutate(amount, { onError: () => setPressed(undefined) });
              }}
            />
            {amount === 0 ? t('tip.none') : money({ ...cart.tip, amount })}
          </label>
        ))}
      </div>
      {put.error && (
        <p role="alert" className="mt-2 text-danger">
          <Said of={put.error} />
        </p>
      )}
    </fieldset>
  );
}
