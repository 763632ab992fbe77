/** Fields that coupons and promotions have in common. */
import { useQuery } from '@tanstack/react-query';
import type { Schema } from '@tipple/api';
import { amounts, minor, PERCENTAGES, ppm } from '@/lib/amount.ts';
import { instant } from '@/lib/local.ts';
import { t } from '@/lib/messages.ts';
import { reading } from '@/lib/reading.ts';
import { whole } from '@/lib/whole.ts';
import { Choice, Field } from '@/ui/form.tsx';

/** How they stand beside each other. */
export const fields =
  'grid items-start gap-x-4 gap-y-3 [&>*]:m-0 md:grid-cols-3 [&>[role=alert]]:md:col-span-3 [&>button]:justify-self-start';

export type Fields = Record<string, string>;

const stores = whole('/v1/catalogue/stores', { query: {} });

export function useStores() {
  return useQuery(stores).data ?? [];
}

/** In what money: of the store, or the one of carts everywhere. */
export function useCurrency(store?: string): string | undefined {
  const { data } = useQuery(reading('/v1/cart/tariffs/{store}', { path: { store: 'default' } }));
  const all = useStores();
  return (all.find((one) => one.store === store) ?? data?.tariff ?? all[0])?.currency;
}

const decimal = { inputMode: 'decimal', autoComplete: 'off' } as const;

/** How much it takes off, where that is a matter of numbers. */
export function Value({ kind, currency }: { kind: string; currency: string }) {
  if (kind === 'percent') {
    return (
      <Field
        key={kind}
        name="value"
        label={t('offers.percent')}
        pattern={PERCENTAGES}
        {...decimal}
        required
      />
    );
  }
  if (kind === 'amount') {
    return (
      <Field
        key={kind}
        name="value"
        label={t('offers.amount', { currency })}
        pattern={amounts(currency)}
        {...decimal}
        required
      />
    );
  }
  return null;
}

interface WhereShown {
  store: string;
  choose: (store: string) => void;
  currency: string;
}

/** From which sum on, where, and from when to when. */
export function Where({ store, choose, currency }: WhereShown) {
  return (
    <>
      <Field
        name="least"
        label={t('offers.least', { currency })}
        hint={t('offers.optional')}
        pattern={amounts(currency)}
        {...decimal}
      />
      <Choice
        name="store"
        label={t('offers.store')}
        value={store}
        onChange={({ target }) => choose(target.value)}
        choices={[
          ['', t('offers.store.all')],
          ...useStores().map(({ store, name }): [string, string] => [store, name]),
        ]}
      />
      <Field name="from" type="datetime-local" label={t('offers.from')} hint={t('offers.from.hint')} />
      <Field name="until" type="datetime-local" label={t('offers.until')} hint={t('offers.optional')} />
    </>
  );
}

const money = (text: string | undefined, currency: string): Schema<'Money'> => ({
  amount: minor(text ?? '', currency) ?? 0,
  currency,
});

/** What the fields say, as the house wants it. */
export function told({ value = '', least, store, from, until }: Fields, currency: string) {
  return {
    share: { kind: 'percent' as const, ppm: ppm(value) },
    sum: { kind: 'amount' as const, off: money(value, currency) },
    least: least?.trim() ? money(least, currency) : undefined,
    where: {
      store: store || undefined,
      valid_from: instant(from),
      valid_until: instant(until),
    },
  };
}
