import type { Schema } from '@tipple/api';
import { t } from '@/lib/messages.ts';
import { send } from '@/lib/send.ts';
import { useSending } from '@/lib/sending.ts';
import { Field, Form } from '@/ui/form.tsx';

/** Yes, and how long packing takes. */
export function Accept({ order: { order, preparation_minutes: usual } }: { order: Schema<'OrderSummary'> }) {
  const accept = useSending(({ minutes }: Record<string, string>) =>
    send('post', '/v1/orders/orders/{order}/accept', {
      path: { order },
      // What is usual there need not be said, and is as long as the store said.
      body: Number(minutes) === usual ? {} : { preparation_minutes: Number(minutes) },
    }),
  );
  return (
    <Form
      send={accept.mutate}
      busy={accept.isPending}
      failed={accept.error}
      submit={t('accept.submit')}
      className="flex flex-wrap items-end gap-3 [&>button]:min-w-32 [&>button]:flex-1 [&>div]:m-0 [&>div]:w-32"
    >
      <Field
        name="minutes"
        type="number"
        inputMode="numeric"
        label={t('accept.minutes')}
        defaultValue={usual}
        min={Math.min(1, usual)}
        max={Math.max(240, usual)}
        required
      />
    </Form>
  );
}
