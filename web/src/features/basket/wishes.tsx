import { Link } from '@tanstack/react-router';
import { pourAll, type Wanted, want } from '@/lib/basket.ts';
import { t } from '@/lib/messages.ts';
import { useSending } from '@/lib/sending.ts';
import { useSignedIn } from '@/lib/session.ts';
import { card, primary } from '@/ui/button.ts';
import { Quantity } from '@/ui/quantity.tsx';
import { Said } from '@/ui/said.tsx';

/** What is wanted on this device alone: it has a price once its person is known. */
export function Wishes({ wishes }: { wishes: Wanted[] }) {
  const signedIn = useSignedIn();
  const pour = useSending(pourAll);
  const stores = [...new Map(wishes.map((one) => [one.store, one.storeName]))];
  return (
    <section className={`${card} mt-6`}>
      {stores.map(([store, name]) => (
        <div key={store} className="mb-4">
          <h2 className="text-xl [overflow-wrap:anywhere]">{name}</h2>
          <ul className="divide-y divide-hairline">
            {wishes
              .filter((one) => one.store === store)
              .map((one) => (
                <li key={one.product} className="flex flex-wrap items-center justify-between gap-3 py-3">
                  <Link
                    to="/p/$product"
                    params={{ product: one.product }}
                    className="min-w-0 flex-1 basis-48 font-medium [overflow-wrap:anywhere] underline"
                  >
                    {one.name}
                  </Link>
                  <Quantity
                    name={one.name}
                    quantity={one.quantity}
                    change={(quantity) => want(one, quantity)}
                  />
                </li>
              ))}
          </ul>
        </div>
      ))}
      {signedIn ? (
        <>
          <p className="mb-3">{t('basket.left')}</p>
          <button type="button" onClick={() => pour.mutate(undefined)} className={primary}>
            {t('basket.pour')}
          </button>
          {pour.error && (
            <p role="alert" className="mt-2 text-danger">
              <Said of={pour.error} />
            </p>
          )}
        </>
      ) : (
        <>
          <p className="mb-3">{t('basket.signIn')}</p>
          <Link to="/sign-in" search={{ to: '/basket' }} className={primary}>
            {t('nav.signIn')}
          </Link>
        </>
      )}
    </section>
  );
}
