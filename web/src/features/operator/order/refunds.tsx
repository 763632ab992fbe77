import { t } from '@/lib/messages.ts';
import { useList } from '../list.tsx';
import { Refund } from '../refunds/refund.tsx';

/** What people of the house gave back of a payment, or want to. */
export function Refunds({ payment, zone }: { payment: string; zone: string }) {
  const { items } = useList('/v1/payments/refunds', { query: { payment, limit: 100 } });
  if (!items?.length) return null;
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
    </section>
  );
}
