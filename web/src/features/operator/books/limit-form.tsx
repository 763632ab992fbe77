import type { Schema } from '@tipple/api';
import { useState } from 'react';
import { amounts, minor, typed } from '@/lib/amount.ts';
import { t, word } from '@/lib/messages.ts';
import { send } from '@/lib/send.ts';
import { useSending } from '@/lib/sending.ts';
import { Choice, Field, Form } from '@/ui/form.tsx';
import { DESKS } from './limits.tsx';

type Desk = (typeof DESKS)[number];

/** Another limit for one desk, in one currency. */
export function LimitForm({ currency, limits }: { currency: string; limits: Schema<'RefundLimit'>[] }) {
  const [desk, setDesk] = useState<Desk>('store');
  const now = limits.find((one) => one.desk === desk);
  const change = useSending(({ per_payment = '', per_day = '' }: Record<string, string>) =>
    send('put', '/v1/payments/refund-limits', {
      body: {
        desk,
        currency,
        per_payment: minor(per_payment, currency) ?? 0,
        per_day: minor(per_day, currency) ?? 0,
      },
    }),
  );
  const shown = (amount?: number) => (amount === undefined ? '' : typed({ amount, currency }));
  return (
    <>
      <Form
        send={change.mutate}
        busy={change.isPending}
        failed={change.error}
        submit={t('books.limit.set')}
        className="grid items-start gap-x-4 gap-y-3 [&>*]:m-0 md:grid-cols-3 [&>[role=alert]]:md:col-span-3 [&>button]:justify-self-start"
      >
        <Choice
          name="desk"
          label={t('books.desk')}
          value={desk}
          onChange={({ target }) => setDesk(target.value as Desk)}
          choices={DESKS.map((one) => [one, word('desk', one)])}
        />
        <Field
          key={`payment ${desk}`}
          name="per_payment"
          label={t('books.perPaymentIn', { currency })}
          defaultValue={shown(now?.per_payment)}
          pattern={amounts(currency)}
          inputMode="decimal"
          autoComplete="off"
          required
        />
        <Field
          key={`day ${desk}`}
          name="per_day"
          label={t('books.perDayIn', { currency })}
          defaultValue={shown(now?.per_day)}
          pattern={amounts(currency)}
          inputMode="decimal"
          autoComplete="off"
          required
        />
      </Form>
      <p role="status" className="mt-3 font-medium text-success empty:hidden">
        {change.data && t(change.data.state === 'waiting' ? 'books.limit.waits' : 'books.limit.holds')}
      </p>
    </>
  );
}
