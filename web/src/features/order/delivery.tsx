import { useQuery } from '@tanstack/react-query';
import type { Schema } from '@tipple/api';
import { span } from '@/lib/format.ts';
import { useLive } from '@/lib/live.ts';
import { t } from '@/lib/messages.ts';
import { reading } from '@/lib/reading.ts';
import { Unread } from '@/ui/unread.tsx';
import { WhoseTime } from '@/ui/whose-time.tsx';
import { Ready } from './delivery-room.tsx';
import { Way } from './way.tsx';

/** When it comes, as a range, who brings it, and where it is. */
export function Page({ order }: { order: Schema<'OrderView'> }): React.ReactNode {
  const read = useQuery({
    ...reading('/v1/delivery/orders/{order}', { path: { order: order.order } }),
    refetchInterval: 15_000,
    retry: false,
  });
  const { data, refetch } = read;
  useLive(`/v1/delivery/orders/${order.order}/events`, order.state === 'out_for_delivery', refetch);
  return (
    <>
      <div>
        <Unread of={read} />
        {data?.eta && (data.driver_name || !order.slot) && (
          <>
            <p className="text-2xl font-bold tabular-nums">
              {t('order.eta', { span: span(data.eta.earliest, data.eta.latest, order.store.time_zone) })}
            </p>
            <WhoseTime rough={data.eta.rough} />
          </>
        )}
        {data?.driver_name && <p>{t('order.driver', { name: data.driver_name })}</p>}
        <Ready />
      </div>
      <Way order={order} delivery={data} />
    </>
  );
}
