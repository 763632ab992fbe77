import { useNavigate } from '@tanstack/react-router';
import type { Schema } from '@tipple/api';
import { add } from '@/lib/basket.ts';
import { t } from '@/lib/messages.ts';
import { useSending } from '@/lib/sending.ts';
import { secondary } from '@/ui/button.ts';
import { said } from '@/ui/form.tsx';

/** The same once more, at today's prices: into the basket, where it can be changed. */
export function Again({ order: { store, lines } }: { order: Schema<'OrderView'> }) {
  const navigate = useNavigate();
  const again = useSending(
    async () => {
      for (const { product, name, quantity } of lines) {
        await add({ store: store.store, storeName: store.name, product, name, quantity });
      }
    },
    () => navigate({ to: '/basket' }),
  );
  return (
    <div>
      <button
        type="button"
        aria-busy={again.isPending}
        onClick={() => again.mutate(undefined)}
        className={secondary}
      >
        {t('order.again')}
      </button>
      {again.error && (
        <p role="alert" className="mt-2 text-danger">
          {said(again.error)}
        </p>
      )}
    </div>
  );
}
