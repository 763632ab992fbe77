import { useInfiniteQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { moment, money } from '@/lib/format.ts';
import { t, word } from '@/lib/messages.ts';
import { paged } from '@/lib/paged.ts';
import { card, primary } from '@/ui/button.ts';
import { Empty } from '@/ui/empty.tsx';
import { More } from '@/ui/more.tsx';
import { ProblemPage } from '@/ui/problem.tsx';
import { Waiting } from '@/ui/waiting.tsx';

/** The visitor's orders, the newest first. */
export function Page(): React.ReactNode {
  const all = useInfiniteQuery(paged('/v1/orders/orders', { query: { limit: 20 } }));
  if (all.error && !all.data) return <ProblemPage error={all.error} again={all.refetch} />;
  if (!all.data) return <Waiting />;
  const orders = all.data.pages.flatMap((page) => page.items);
  return (
    <>
      <h1>{t('orders.title')}</h1>
      {orders.length === 0 && (
        <Empty title={t('orders.none')} text={t('orders.none.text')}>
          <Link to="/" className={primary}>
            {t('basket.shop')}
          </Link>
        </Empty>
      )}
      <ul className="mt-4 space-y-3">
        {orders.map((order) => (
          <li key={order.order} className={`${card} relative hover:border-control`}>
            <div className="flex flex-wrap items-baseline justify-between gap-x-4">
              <h2 className="text-lg">
                <Link
                  to="/orders/$order"
                  params={{ order: order.order }}
                  className="after:absolute after:inset-0"
                >
                  {t('orders.one', { number: order.number, store: order.store.name })}
                </Link>
              </h2>
              <p className="font-semibold tabular-nums">{money(order.total)}</p>
            </div>
            <p className="text-muted">{moment(order.placed_at, order.store.time_zone)}</p>
            <p className="font-medium">{word('state', order.state)}</p>
            <p className="line-clamp-1 text-sm text-muted">
              {order.lines.map(({ name }) => name).join(', ')}
            </p>
          </li>
        ))}
      </ul>
      <More list={all} />
    </>
  );
}
