import type { Schema } from '@tipple/api';
import { part } from '@/lib/lazily.ts';
import { Later } from '@/ui/later.tsx';
import { Told } from './told.tsx';

/** Of those that were brought alone. */
const Complaints = part(() => import('./complaints.tsx'));

interface Shown {
  order: Schema<'OrderView'>;
  /** It was at the door, and all is settled there. */
  brought: boolean;
  ended: boolean;
}

/** What was asked back for it, and what was told of it. */
export function Page({ order, brought, ended }: Shown): React.ReactNode {
  return (
    <>
      {brought && (
        <Later room={null}>
          <Complaints order={order} />
        </Later>
      )}
      <Told order={order.order} zone={order.store.time_zone} live={!ended} />
    </>
  );
}
