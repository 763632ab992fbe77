import { useState } from 'react';
import { t } from '@/lib/messages.ts';
import { send } from '@/lib/send.ts';
import { useSending } from '@/lib/sending.ts';
import { quiet } from '@/ui/button.ts';
import { Field, Form } from '@/ui/form.tsx';

const REASONS = ['reject.out', 'reject.busy', 'reject.closing'] as const;

/** No, and why; asked for in a second step, since it cannot be taken back. */
export function Reject({ order }: { order: string }) {
  const [asked, setAsked] = useState(false);
  const [reason, setReason] = useState('');
  const reject = useSending(() =>
    send('post', '/v1/orders/orders/{order}/reject', {
      path: { order },
      body: { reason: reason.trim() },
    }),
  );
  if (!asked) {
    return (
      <button type="button" onClick={() => setAsked(true)} className={`${quiet} text-danger`}>
        {t('reject.open')}
      </button>
    );
  }
  return (
    <div className="w-full rounded-sm border border-hairline p-3">
      <Form
        send={() => reject.mutate(undefined)}
        busy={reject.isPending}
        failed={reject.error}
        submit={t('reject.submit')}
      >
        <fieldset className="flex flex-wrap gap-2">
          <legend className="sr-only">{t('reject.often')}</legend>
          {REASONS.map((key) => (
            <button
              key={key}
              type="button"
              onClick={() => setReason(t(key))}
              className="min-h-11 rounded-pill border border-control px-3 text-sm hover:border-ink"
            >
              {t(key)}
            </button>
          ))}
        </fieldset>
        <Field
          name="reason"
          label={t('reject.reason')}
          hint={t('reject.hint')}
          value={reason}
          onChange={({ target }) => setReason(target.value)}
          maxLength={200}
          autoComplete="off"
          autoFocus
          required
        />
      </Form>
      <button type="button" onClick={() => setAsked(false)} className={quiet}>
        {t('order.cancel.no')}
      </button>
    </div>
  );
}
