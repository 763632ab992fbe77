import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useEffect } from 'react';
import { counted, useWanted } from '@/lib/basket.ts';
import { t } from '@/lib/messages.ts';
import { reading } from '@/lib/reading.ts';
import { useSignedIn } from '@/lib/session.ts';
import { primary } from '@/ui/button.ts';
import { Empty } from '@/ui/empty.tsx';
import { ProblemPage } from '@/ui/problem.tsx';
import { Stale } from '@/ui/stale.tsx';
import { Waiting } from '@/ui/waiting.tsx';
import { CartShown } from './cart.tsx';
import { Wishes } from './wishes.tsx';

const carts = reading('/v1/cart/carts', { query: { limit: 20 } });

/** All baskets, one for each store. */
export function Page(): React.ReactNode {
  const signedIn = useSignedIn();
  const wishes = useWanted();
  const { data, error, refetch } = useQuery({ ...carts, enabled: signedIn });
  const open = data?.items.filter((cart) => cart.state === 'open' && cart.lines.length > 0);
  useEffect(() => {
    if (open) counted(open);
  }, [open]);
  if (error && !data) return <ProblemPage error={error} again={refetch} />;
  if (signedIn && !open) return <Waiting />;
  const empty = wishes.length === 0 && !open?.length;
  return (
    // As high as what waits: what is below is not seen moving up.
    <div className="min-h-dvh">
      <h1>{t('basket.title')}</h1>
      <Stale error={error} />
      {empty && (
        <Empty title={t('basket.empty')} text={t('basket.empty.text')}>
          <Link to="/" className={primary}>
            {t('basket.shop')}
          </Link>
        </Empty>
      )}
      {wishes.length > 0 && <Wishes wishes={wishes} />}
      <div className="space-y-6">
        {open?.map((cart) => (
          <CartShown key={cart.cart} cart={cart} />
        ))}
      </div>
    </div>
  );
}
