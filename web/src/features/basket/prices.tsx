import type { Schema } from '@tipple/api';
import { money } from '@/lib/format.ts';
import { t } from '@/lib/messages.ts';
import { secondary } from '@/ui/button.ts';
import { Said } from '@/ui/said.tsx';
import { useSeen } from './requests.ts';

/** What one cost when it was shown last, and what it costs now, until that was seen. */
export function Page({ cart }: { cart: Schema<'CartPage'> }) {
  const seen = useSeen(cart);
  return (
    <section aria-labelledby={`prices-${cart.cart}`} className="rounded-sm bg-accent-soft p-3 text-sm">
      <h3 id={`prices-${cart.cart}`} className="font-semibold">
        {t('prices.changed', { n: cart.price_changes.length })}
      </h3>
      <ul className="my-2 space-y-1 [overflow-wrap:anywhere]">
        {cart.price_changes.map(({ product, name, before, now }) => (
          <li key={product}>
            <bdi className="font-medium">{name}</bdi>:{' '}
            {t('prices.each', { before: money(before), now: money(now) })}
          </li>
        ))}
      </ul>
      {seen.error && (
        <p role="alert" className="mb-2 text-danger">
          <Said of={seen.error} />
        </p>
      )}
      <button
        type="button"
        aria-busy={seen.isPending}
        onClick={() => seen.isPending || seen.mutate(undefined)}
        className={secondary}
      >
        {t('prices.seen')}
      </button>
    </section>
  );
}
