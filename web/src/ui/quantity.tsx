import { useEffect, useRef } from 'react';
import { number } from '@/lib/format.ts';
import { t } from '@/lib/messages.ts';

interface Shown {
  name: string;
  quantity: number;
  busy?: boolean;
  change: (quantity: number) => void;
}

const MOST = 999;

/** How many, typed or pressed; none takes it away. What is pressed keeps the focus, to be pressed again. */
export function Quantity({ name, quantity, busy, change }: Shown) {
  const field = useRef<HTMLInputElement>(null);
  useEffect(() => {
    if (field.current) field.current.value = String(quantity);
  }, [quantity]);
  const to = (next: number) => {
    if (!busy && next <= MOST) change(next);
  };
  const take = (input: HTMLInputElement) => {
    const typed = Number.parseInt(input.value, 10);
    if (typed >= 0 && typed <= MOST && typed !== quantity) to(typed);
    else input.value = String(quantity);
  };
  const step = 'size-11 rounded-full border border-control text-xl leading-none aria-disabled:opacity-60';
  return (
    <fieldset className="flex items-center gap-2">
      <legend className="sr-only">{t('quantity.of', { name })}</legend>
      <button
        type="button"
        aria-disabled={busy}
        aria-label={quantity > 1 ? t('quantity.less') : t('quantity.remove')}
        onClick={() => to(quantity - 1)}
        className={step}
      >
        −
      </button>
      <input
        ref={field}
        inputMode="numeric"
        aria-label={t('quantity.count')}
        defaultValue={quantity}
        readOnly={busy}
        onKeyDown={({ key, currentTarget }) => key === 'Enter' && take(currentTarget)}
        onBlur={({ target }) => take(target)}
        className="h-11 w-14 rounded-sm border border-control bg-bg text-center tabular-nums"
      />
      <button
        type="button"
        aria-disabled={busy || quantity >= MOST}
        aria-label={t('quantity.more', { n: number(quantity + 1) })}
        onClick={() => to(quantity + 1)}
        className={step}
      >
        +
      </button>
    </fieldset>
  );
}
