import { useQuery } from '@tanstack/react-query';
import type { Schema } from '@tipple/api';
import { useRef, useState } from 'react';
import { minor } from '@/lib/amount.ts';
import { money } from '@/lib/format.ts';
import { t, word } from '@/lib/messages.ts';
import { ours } from '@/lib/network.ts';
import { reading } from '@/lib/reading.ts';
import { send } from '@/lib/send.ts';
import { useSending } from '@/lib/sending.ts';
import { quiet, secondary } from '@/ui/button.ts';
import { Choice, Field, Form } from '@/ui/form.tsx';

const CODES: Schema<'RefundCode'>[] = [
  'damaged',
  'missing',
  'wrong_item',
  'late',
  'price',
  'goodwill',
  'other',
];

/** Money back by hand; above one's limit it waits for a second person, as the house answers. */
export function AskRefund({ payment }: { payment: Schema<'PaymentView'> }) {
  const [asked, setAsked] = useState(false);
  const { currency } = payment.amount;
  const limits = useQuery({ ...reading('/v1/payments/refund-limits', {}), enabled: asked });
  const limit = limits.data?.limits.find((one) => one.desk === 'operator' && one.currency === currency);
  const ask = useAsking(payment, () => setAsked(false));
  if (!asked) {
    return (
      <button
        type="button"
        onClick={() => {
          ask.reset();
          setAsked(true);
        }}
        className={secondary}
      >
        {t('handling.refund')}
      </button>
    );
  }
  return (
    <section aria-label={t('handling.refund')} className="rounded-sm border border-control p-3">
      <Form send={ask.mutate} busy={ask.isPending} failed={ask.error} submit={t('handling.refund.submit')}>
        <Field
          name="amount.amount"
          label={t('handling.refund.amount', { currency })}
          hint={
            limit &&
            t('handling.refund.limit', {
              each: money({ amount: limit.per_payment, currency }),
              day: money({ amount: limit.per_day, currency }),
            })
          }
          inputMode="decimal"
          autoComplete="off"
          autoFocus
          required
        />
        <Choice
          name="code"
          label={t('handling.refund.code')}
          choices={CODES.map((code) => [code, word('because', code)])}
          defaultValue="goodwill"
        />
        <Field
          name="reason"
          label={t('operator.why')}
          hint={t('handling.why.told')}
          maxLength={200}
          autoComplete="off"
          required
        />
      </Form>
      <button type="button" onClick={() => setAsked(false)} className={quiet}>
        {t('operator.back')}
      </button>
    </section>
  );
}

/** Sent again after a lost answer it is the same refund. */
function useAsking({ payment, amount: { currency } }: Schema<'PaymentView'>, then: () => void) {
  const attempt = useRef({ wanted: '', key: '' });
  return useSending(
    async (fields: Record<string, string>) => {
      const amount = minor(fields['amount.amount'] ?? '', currency);
      if (amount === undefined) throw noAmount();
      const body = {
        amount: { amount, currency },
        code: fields.code as Schema<'RefundCode'>,
        reason: fields.reason?.trim() ?? '',
      };
      const wanted = JSON.stringify(body);
      if (attempt.current.wanted !== wanted) attempt.current = { wanted, key: crypto.randomUUID() };
      return send('post', '/v1/payments/payments/{payment}/refunds', {
        path: { payment },
        header: { 'idempotency-key': attempt.current.key },
        body,
      });
    },
    () => {
      attempt.current = { wanted: '', key: '' };
      then();
    },
  );
}

const noAmount = () => ours(t('handling.refund.wrong'), 'amount.amount');
