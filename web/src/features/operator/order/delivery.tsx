import { useQuery } from '@tanstack/react-query';
import type { Schema } from '@tipple/api';
import { clock, span } from '@/lib/format.ts';
import { useLive } from '@/lib/live.ts';
import { t, word } from '@/lib/messages.ts';
import { reading } from '@/lib/reading.ts';
import { WhoseTime } from '@/ui/whose-time.tsx';
import { JobDeeds } from '../live/job-deeds.tsx';
import { Part } from '../part.tsx';

/** How it gets to the door, once a driver can be looked for. */
export function Delivery({ order }: { order: Schema<'OrderView'> }) {
  const zone = order.store.time_zone;
  const where = reading('/v1/delivery/orders/{order}', { path: { order: order.order } });
  const read = useQuery({ ...where, retry: false, refetchInterval: 15_000 });
  useLive(`/v1/delivery/orders/${order.order}/events`, order.state === 'out_for_delivery', read.refetch);
  const jobs = useQuery(reading('/v1/delivery/jobs', { query: { order: order.order } }));
  const job = jobs.data?.items[0];
  // There is none before it is paid.
  if (read.error?.problem.status === 404) return null;
  return (
    <Part title={t('handling.delivery')} read={read} height="h-24">
      {({ state, driver_name: driver, eta, driver_at: at }) => (
        <>
          <p className="font-semibold">{word('job', state)}</p>
          {driver && <p>{t('handling.drives', { name: driver })}</p>}
          {eta && (
            <>
              <p>{t('order.eta', { span: span(eta.earliest, eta.latest, zone) })}</p>
              <WhoseTime rough={eta.rough} />
            </>
          )}
          {at && <p className="text-sm text-muted">{t('handling.seen', { time: clock(at.at, zone) })}</p>}
          {job && <JobDeeds job={job} />}
        </>
      )}
    </Part>
  );
}
