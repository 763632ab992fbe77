import type { Schema } from '@tipple/api';
import { Complaints } from './complaints.tsx';
import { Told } from './told.tsx';

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
      {brought && <Complaints order={order} />}
      <Told order={order.order} zone={order.store.time_zone} live={!ended} />
    </>
  );
}
