import { useQuery } from '@tanstack/react-query';
import type { Schema } from '@tipple/api';
import { useState } from 'react';
import { t } from '@/lib/messages.ts';
import { send } from '@/lib/send.ts';
import { useSending } from '@/lib/sending.ts';
import { whole } from '@/lib/whole.ts';
import { Choice, Field, Form } from '@/ui/form.tsx';
import { Bar } from '@/ui/waiting.tsx';
import { type Fields, fields, told, useCurrency, Value, Where } from './fields.tsx';
import { ProductField } from './product-field.tsx';

const KINDS = ['percent', 'amount', 'buy_pay'] as const;
type Kind = (typeof KINDS)[number];
const SCOPES = ['everything', 'category', 'product'] as const;
type Scope = (typeof SCOPES)[number];

export function PromotionForm({ made }: { made: (promotion: Schema<'Promotion'>) => void }) {
  const [kind, setKind] = useState<Kind>('percent');
  const [scope, setScope] = useState<Scope>('everything');
  const [store, setStore] = useState('');
  const currency = useCurrency(store);
  const { data: categories } = useQuery(whole('/v1/catalogue/categories', { query: {} }));
  const make = useSending((typed: Fields) => {
    const { share, sum, least, where } = told(typed, currency ?? '');
    const { label = '', buy, pay, category = '', product = '', priority } = typed;
    const benefit = {
      percent: share,
      amount: sum,
      buy_pay: { kind: 'buy_pay' as const, buy: Number(buy), pay: Number(pay) },
    }[kind];
    const on = {
      everything: { of: 'everything' as const },
      category: { of: 'category' as const, category },
      product: { of: 'product' as const, product },
    }[scope];
    const body = {
      terms: { label: label.trim(), scope: on, benefit, min_spend: least },
      ...where,
      priority: Number(priority),
    };
    return send('post', '/v1/cart/promotions', { body });
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
        name="label"
        label={t('offers.label')}
        hint={t('offers.label.hint')}
        maxLength={80}
        autoComplete="off"
        autoFocus
        required
      />
      <Choice
        name="scope"
        label={t('offers.scope')}
        value={scope}
        onChange={({ target }) => setScope(target.value as Scope)}
        choices={SCOPES.map((one) => [one, t(`offers.scope.${one}`)])}
      />
      {scope === 'category' && (
        <Choice
          name="category"
          label={t('offers.category')}
          choices={(categories ?? []).map(({ path, name }) => [path, `${'– '.repeat(depth(path))}${name}`])}
        />
      )}
      {scope === 'product' && <ProductField />}
      <Choice
        name="kind"
        label={t('offers.gives')}
        value={kind}
        onChange={({ target }) => setKind(target.value as Kind)}
        choices={KINDS.map((one) => [one, t(`offers.kind.${one}`)])}
      />
      {kind === 'buy_pay' && (
        <>
          <Field name="buy" type="number" label={t('offers.buy')} min={2} max={999} required />
          <Field name="pay" type="number" label={t('offers.pay')} min={1} max={998} required />
        </>
      )}
      <Value kind={kind} currency={currency} />
      <Where store={store} choose={setStore} currency={currency} />
      <Field
        name="priority"
        type="number"
        label={t('offers.priority')}
        hint={t('offers.priority.hint')}
        defaultValue={100}
        min={0}
        max={1000}
        required
      />
    </Form>
  );
}

const depth = (path: string) => path.split('/').length - 1;
