import { t } from '@/lib/messages.ts';
import { card } from '@/ui/button.ts';
import { Field } from '@/ui/form.tsx';
import type { Tariff } from './tariff.ts';

interface Shown {
  tariff?: Tariff;
  currency: string;
  typed: (currency: string) => void;
}

/** The currency, and how prices and taxes go together. */
export function General({ tariff, currency, typed }: Shown) {
  return (
    <section className={`${card} space-y-4`}>
      <h2 className="text-xl">{t('tariffs.general')}</h2>
      <Field
        name="currency"
        label={t('tariffs.currency')}
        hint={t('tariffs.currency.hint')}
        value={currency}
        onChange={({ target }) => typed(target.value)}
        pattern="[A-Za-z]{3}"
        maxLength={3}
        autoComplete="off"
        required
      />
      <Tick
        name="prices_include_tax"
        label={t('tariffs.included')}
        checked={tariff?.prices_include_tax ?? false}
      />
      <Tick name="tax_on_excise" label={t('tariffs.onExcise')} checked={tariff?.tax_on_excise ?? false} />
      <Field
        name="fee_tax_class"
        label={t('tariffs.feeClass')}
        hint={t('tariffs.feeClass.hint')}
        defaultValue={tariff?.fee_tax_class ?? ''}
        maxLength={40}
        autoComplete="off"
      />
    </section>
  );
}

function Tick({ name, label, checked }: { name: string; label: string; checked: boolean }) {
  return (
    <label className="flex min-h-11 items-center gap-3">
      <input type="checkbox" name={name} defaultChecked={checked} className="size-5 shrink-0 accent-brand" />
      {label}
    </label>
  );
}
