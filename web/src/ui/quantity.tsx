import { number } from '@/lib/format.ts';
import { t } from '@/lib/messages.ts';

interface Shown {
  name: string;
  quantity: number;
  busy?: boolean;
  change: (quantity: number) => void;
}

/** How many, typed or pressed; none takes it away. */
export function Quantity({ name, quantity, busy, change }: Shown) {
  const step = 'size-11 rounded-full border border-control text-xl leading-none disabled:opacity-60';
  return (
    <fieldset className="flex items-center gap-2">
      <legend className="sr-only">{t('quantity.of', { name })}</legend>
      <button
        type="button"
        disabled={busy}
        aria-label={quantity > 1 ? t('quantity.less') : t('quantity.remove')}
        onClick={() => change(quantity - 1)}
        className={step}
      >
        −
      </button>
      <input
        key={quantity}
        inputMode="numeric"
        aria-label={t('quantity.count')}
        defaultValue={quantity}
        disabled={busy}
        onBlur={({ target }) => {
          const typed = Number.parseInt(target.value, 10);
          if (typed >= 0 && typed <= 999 && typed !== quantity) change(typed);
          else target.value = String(quantity);
        }}
        className="h-11 w-14 rounded-sm border border-control bg-bg text-center tabular-nums"
      />
      <button
        type="button"
        disabled={busy || quantity >= 999}
        aria-label={t('quantity.more', { n: number(quantity + 1) })}
        onClick={() => change(quantity + 1)}
        className={step}
      >
        +
      </button>
    </fieldset>
  );
}
