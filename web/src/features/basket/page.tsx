import { useInfiniteQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useEffect } from 'react';
import { t } from '@/lib/messages.ts';
import { paged } from '@/lib/paged.ts';
import { useSignedIn } from '@/lib/session.ts';
import { primary } from '@/ui/button.ts';
import { Empty } from '@/ui/empty.tsx';
import { More } from '@/ui/more.tsx';
import { ProblemPage } from '@/ui/problem.tsx';
import { Waiting } from '@/ui/waiting.tsx';
import { CartShown } from './cart.tsx';
import { counted, useWanted } from './kept.ts';
import { Wishes } from './wishes.tsx';

const carts = paged('/v1/cart/carts', { query: { limit: 20 } });

/** All baskets, one for each store. */
export function Page(): React.ReactNode {
  const signedIn = useSignedIn();
  const wishes = useWanted();
  const list = useInfiniteQuery({ ...carts, enabled: signedIn });
  const { data, error, refetch, hasNextPage, isFetchNextPageError: cut } = list;
  const all = data?.pages.flatMap(({ items }) => items);
  const open = all?.filter((cart) => cart.state === 'open' && cart.lines.length > 0);
  useEffect(() => {
    // What has not been read is not counted as nothing.
    if (open && !hasNextPage) counted(open);
  }, [open, hasNextPage]);
  if (error && !data) return <ProblemPage error={error} again={refetch} />;
  if (signedIn && !open) return <Waiting />;
  // What could not be read anew is said above all that was read before.
  const anew = error && !cut;
  const more = <More list={list} />;
  const empty = wishes.length === 0 && !open?.length && !hasNextPage;
  return (
    // As high as what waits: what is below is not seen moving up.
    <div className="min-h-dvh">
      <h1>{t('basket.title')}</h1>
      {anew && more}
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
      {anew || more}
    </div>
  );
}
