import { useInfiniteQuery } from '@tanstack/react-query';
import { t } from '@/lib/messages.ts';
import { paged } from '@/lib/paged.ts';
import { More } from '@/ui/more.tsx';
import { Unread } from '@/ui/unread.tsx';
import { Refund } from '../refunds/refund.tsx';

/** What people of the house gave back of a payment, or want to. */
export function Refunds({ payment, zone }: { payment: string; zone: string }) {
  const list = useInfiniteQuery(paged('/v1/payments/refunds', { query: { payment, limit: 100 } }));
  const items = list.data?.pages.flatMap((page) => page.items);
  if (!items) return <Unread of={list} title={t('operator.refunds')} />;
  if (items.length === 0) return null;
  return (
    <section aria-label={t('operator.refunds')}>
      <h3 className="font-semibold">{t('operator.refunds')}</h3>
      <ul className="divide-y divide-hairline">
        {items.map((one) => (
          <li key={one.refund} className="py-2">
            <Refund refund={one} zone={zone} />
          </li>
        ))}
      </ul>
      <More list={list} />
    </section>
  );
}
