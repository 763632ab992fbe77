import type { Schema } from '@tipple/api';
import { t } from '@/lib/messages.ts';
import { send } from '@/lib/sending.ts';
import { Deed } from '../deed.tsx';

/** What one may do to it now. */
export function Doing({ order: { order, can } }: { order: Schema<'OrderView'> }) {
  if (can.length === 0) return null;
  const path = { order };
  const reason = { label: t('operator.why'), hint: t('operator.why.told'), most: 200 };
  return (
    <div className="mt-4 flex flex-wrap items-start gap-3 print:hidden">
      {can.includes('accept') && (
        <Deed
          open={t('operator.accept')}
          text={t('operator.accept.text')}
          submit={t('operator.accept')}
          send={() => send('post', '/v1/orders/orders/{order}/accept', { path, body: {} })}
        />
      )}
      {can.includes('pack') && (
        <Deed
          open={t('operator.pack')}
          text={t('operator.pack.text')}
          submit={t('operator.pack')}
          send={() => send('post', '/v1/orders/orders/{order}/pack', { path })}
        />
      )}
      {can.includes('reject') && (
        <Deed
          open={t('operator.reject')}
          text={t('operator.reject.text')}
          submit={t('operator.reject.yes')}
          reason={reason}
          grave
          send={(why) => send('post', '/v1/orders/orders/{order}/reject', { path, body: { reason: why } })}
        />
      )}
      {can.includes('cancel') && (
        <Deed
          open={t('operator.cancel')}
          text={t('operator.cancel.text')}
          submit={t('operator.cancel.yes')}
          reason={reason}
          grave
          send={(why) => send('post', '/v1/orders/orders/{order}/cancel', { path, body: { reason: why } })}
        />
      )}
    </div>
  );
}
