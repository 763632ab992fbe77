import { Link } from '@tanstack/react-router';
import { add, type Wanted } from '@/lib/basket.ts';
import { t } from '@/lib/messages.ts';
import { useSending } from '@/lib/sending.ts';
import { primary, quiet } from '@/ui/button.ts';

/** Puts one into the basket at a store. */
export function Add({ one, sold }: { one: Omit<Wanted, 'quantity'>; sold: boolean }) {
  const put = useSending(() => add({ ...one, quantity: 1 }));
  return (
    <div className="text-end">
      <button
        type="button"
        disabled={sold}
        aria-busy={put.isPending}
        onClick={() => !put.isPending && put.mutate(undefined)}
        className={primary}
      >
        {t('offer.add')}
      </button>
      <p role="status" className="text-sm">
        {put.isSuccess && (
          <>
            {t('offer.added', { name: one.name })}{' '}
            <Link to="/basket" className={quiet}>
              {t('offer.basket')}
            </Link>
          </>
        )}
        {put.error && <span className="text-danger">{put.error.message || t('problem.title')}</span>}
      </p>
    </div>
  );
}
