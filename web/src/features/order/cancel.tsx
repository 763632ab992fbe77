import { useState } from 'react';
import { t } from '@/lib/messages.ts';
import { send } from '@/lib/send.ts';
import { useSending } from '@/lib/sending.ts';
import { dangerous, quiet, secondary } from '@/ui/button.ts';
import { Said } from '@/ui/said.tsx';

/** Asked once more, since it cannot be taken back. */
export function Cancel({ order }: { order: string }) {
  const [sure, setSure] = useState(false);
  const cancel = useSending(() =>
    send('post', '/v1/orders/orders/{order}/cancel', { path: { order }, body: {} }),
  );
  if (!sure) {
    return (
      <button type="button" onClick={() => setSure(true)} className={secondary}>
        {t('order.cancel')}
      </button>
    );
  }
  return (
    <fieldset className="space-y-2">
      <legend className="sr-only">{t('order.cancel')}</legend>
      <p>{t('order.cancel.text')}</p>
      {cancel.error && (
        <p role="alert" className="text-danger">
          <Said of={cancel.error} />
        </p>
      )}
      <button
        type="button"
        aria-busy={cancel.isPending}
        // biome-ignore lint/a11y/noAutofocus: it stands where the button was that was pressed
        autoFocus
        onClick={() => cancel.mutate(undefined)}
        className={dangerous}
      >
        {t('order.cancel.yes')}
      </button>{' '}
      <button type="button" onClick={() => setSure(false)} className={quiet}>
        {t('order.cancel.no')}
      </button>
    </fieldset>
  );
}
