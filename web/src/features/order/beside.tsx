import type { Schema } from '@tipple/api';
import { Again } from './again.tsx';
import { Cancel } from './cancel.tsx';
import { Documents } from './documents.tsx';
import { Help } from './help.tsx';

/** What can be done with an order, and whom to ask. */
export function Page({ order }: { order: Schema<'OrderView'> }): React.ReactNode {
  return (
    <>
      <Documents order={order.order} />
      <Help order={order} />
      <div className="flex flex-wrap gap-3 print:hidden">
        <Again order={order} />
        {order.can.includes('cancel') && <Cancel order={order.order} />}
      </div>
    </>
  );
}
