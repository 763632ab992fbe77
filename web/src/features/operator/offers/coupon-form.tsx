import type { Schema } from '@tipple/api';
import { useState } from 'react';
import { t } from '@/lib/messages.ts';
import { send } from '@/lib/send.ts';
import { useSending } from '@/lib/sending.ts';
import { Choice, Field, Form } from '@/ui/form.tsx';
import { Bar } from '@/ui/waiting.tsx';
import { type Fields, fields, told, useCurrency, Value, Where } from './fields.tsx';

const KINDS = ['percent', 'amount', 'free_delivery'] as const;
type Kind = (typeof KINDS)[number];

const count = (text?: string) => (text ? Number(text) : undefined);

export function CouponForm({ made }: { made: (coupon: Schema<'Coupon'>) => void }) {
  const [kind, setKind] = useState<Kind>('percent');
  const [store, setStore] = useState('');
  const currency = useCurrency(store);
  const make = useSending((typed: Fields) => {
    const { share, sum, least, where } = told(typed, currency ?? '');
    const benefit = { percent: share, amount: sum, free_delivery: { kind: 'free_delivery' as const } }[kind];
    const body = {
      code: typed.code?.trim() ?? '',
      terms: { benefit, min_spend: least },
      ...where,
      max_uses: count(typed.max_uses),
      per_customer_uses: count(typed.per_customer_uses),
    };
    return send('post', '/v1/cart/coupons', { body });
  }, made);
  if (!currency) return <Bar className="h-72 w-full" />;
  return (
    <Form
      send={make.mutate}
      busy={make.isPending}
      failed={make.error}
      submit={t('offers.make')}
      className={fields}
    >
      <Field
        name="code"
        label={t('offers.code')}
        hint={t('offers.code.hint')}
        pattern="[A-Za-z0-9_\-]{3,40}"
        autoCapitalize="characters"
        autoComplete="off"
        autoFocus
        required
      />
      <Choice
        name="kind"
        label={t('offers.gives')}
        value={kind}
        onChange={({ target }) => setKind(target.value as Kind)}
        choices={KINDS.map((one) => [one, t(`offers.kind.${one}`)])}
      />
      <Value kind={kind} currency={currency} />
      <Where store={store} choose={setStore} currency={currency} />
      <Field
        name="max_uses"
        type="number"
        label={t('offers.uses')}
        hint={t('offers.optional')}
        min={1}
        max={1_000_000_000}
      />
      <Field
        name="per_customer_uses"
        type="number"
        label={t('offers.each')}
        hint={t('offers.optional')}
        min={1}
        max={1_000_000_000}
      />
    </Form>
  );
}
