import { Link } from '@tanstack/react-router';
import { useGate } from '@/features/age/gate.tsx';
import { add, type Wanted } from '@/lib/basket.ts';
import { t } from '@/lib/messages.ts';
import { useSending } from '@/lib/sending.ts';
import { primary, quiet } from '@/ui/button.ts';
import { Said } from '@/ui/said.tsx';

interface Shown {
  one: Omit<Wanted, 'quantity'>;
  /** Whoever wants it must be of age. */
  alcoholic: boolean;
  sold: boolean;
}

/** Puts one into the basket at a store. */
export function Add({ one, alcoholic, sold }: Shown) {
  const put = useSending(() => add({ ...one, quantity: 1 }));
  const { pass, gate } = useGate();
  const press = () => {
    if (put.isPending) return;
    if (alcoholic) void pass(one.store, () => put.mutate(undefined));
    else put.mutate(undefined);
  };
  return (
    <div className="text-end">
      <button type="button" disabled={sold} aria-busy={put.isPending} onClick={press} className={primary}>
        {t('offer.add')}
      </button>
      {gate}
      <p role="status" className="text-sm">
        {put.isSuccess && (
          <>
            {t('offer.added', { name: one.name })}{' '}
            <Link to="/basket" className={quiet}>
              {t('offer.basket')}
            </Link>
          </>
        )}
        {put.error && (
          <span className="text-danger">
            <Said of={put.error} />
          </span>
        )}
      </p>
    </div>
  );
}
