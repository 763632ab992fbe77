import type { Schema } from '@tipple/api';
import { t } from '@/lib/messages.ts';
import { send } from '@/lib/send.ts';
import { Deed } from '../deed.tsx';

/** What one may do to it now. */
export function Doing({ order: { order, can } }: { order: Schema<'OrderView'> }) {
  if (can.length === 0) return null;
  const path = { order };
  const reason = { label: t('operator.why'), hint: t('handling.why.told'), most: 200 };
  return (
    <div className="mt-4 flex flex-wrap items-start gap-3 print:hidden">
      {can.includes('accept') && (
        <Deed
          open={t('handling.accept')}
          text={t('handling.accept.text')}
          submit={t('handling.accept')}
          send={() => send('post', '/v1/orders/orders/{order}/accept', { path, body: {} })}
        />
      )}
      {can.includes('pack') && (
        <Deed
          open={t('handling.pack')}
          text={t('handling.pack.text')}
          submit={t('handling.pack')}
          send={() => send('post', '/v1/orders/orders/{order}/pack', { path, body: {} })}
        />
      )}
      {can.includes('reject') && (
        <Deed
          open={t('handling.reject')}
          text={t('handling.reject.text')}
          submit={t('handling.reject.yes')}
          reason={reason}
          grave
          send={(why) => send('post', '/v1/orders/orders/{order}/reject', { path, body: { reason: why } })}
        />
      )}
      {can.includes('cancel') && (
        <Deed
          open={t('handling.cancel')}
          text={t('handling.cancel.text')}
          submit={t('handling.cancel.yes')}
          reason={reason}
          grave
          send={(why) => send('post', '/v1/orders/orders/{order}/cancel', { path, body: { reason: why } })}
        />
      )}
    </div>
  );
}
