import { useQuery } from '@tanstack/react-query';
import { useDeferredValue, useId, useState } from 'react';
import { t } from '@/lib/messages.ts';
import { reading } from '@/lib/reading.ts';
import { size } from '@/ui/drink-card.tsx';
import { Choice } from '@/ui/form.tsx';

/** One drink, which is looked for first. */
export function ProductField() {
  const [typed, setTyped] = useState('');
  const words = useDeferredValue(typed.trim());
  const id = useId();
  const { data } = useQuery({
    ...reading('/v1/catalogue/products', { query: { q: words || undefined, limit: 20 } }),
    placeholderData: (before) => before,
  });
  return (
    <>
      <div>
        <label htmlFor={id} className="mb-1 block text-sm font-medium">
          {t('offers.find')}
        </label>
        <input
          id={id}
          type="search"
          value={typed}
          maxLength={200}
          onChange={({ target }) => setTyped(target.value)}
          className="block h-11 w-full rounded-sm border border-control bg-bg px-3"
        />
      </div>
      <Choice
        name="product"
        label={t('offers.product')}
        required
        choices={(data?.items ?? []).map((drink) => [
          drink.product,
          t('offers.product.one', { name: drink.name, size: size(drink) }),
        ])}
      />
    </>
  );
}
