import { typed } from '@/lib/amount.ts';
import { t } from '@/lib/messages.ts';
import { card } from '@/ui/button.ts';
import { Field } from '@/ui/form.tsx';
import { SHARES } from './amounts.ts';
import type { Tariff } from './tariff.ts';

interface Shown {
  tariff?: Tariff;
  currency: string;
  /** What fields for amounts take, as a pattern. */
  amount: string;
}

const PERCENT = 10_000;

/** What is asked for bringing it and for the platform, and how large a tip may be. */
export function Fees({ tariff, currency, amount }: Shown) {
  const { delivery, service } = tariff ?? {};
  const of = (value: number | null | undefined) =>
    value == null ? '' : typed({ amount: value, currency: tariff?.currency ?? currency });
  const sum = { inputMode: 'decimal', autoComplete: 'off', pattern: amount } as const;
  return (
    <section className={`${card} space-y-4`}>
      <h2 className="text-xl">{t('tariffs.fees')}</h2>
      <div className="grid items-start gap-4 md:grid-cols-2">
        <Field
          {...sum}
          name="delivery.base"
          label={t('tariffs.base')}
          defaultValue={of(delivery?.base ?? 0)}
          required
        />
        <Field
          {...sum}
          name="delivery.per_km"
          label={t('tariffs.perKm')}
          defaultValue={of(delivery?.per_km ?? 0)}
          required
        />
        <Field
          name="delivery.free_metres"
          type="number"
          label={t('tariffs.freeMetres.typed')}
          defaultValue={delivery?.free_metres ?? 0}
          min={0}
          max={1_000_000}
          required
        />
        <Field
          {...sum}
          name="delivery.free_from"
          label={t('tariffs.freeFrom')}
          hint={t('tariffs.freeFrom.hint')}
          defaultValue={of(delivery?.free_from)}
        />
        <Field
          name="service.ppm"
          label={t('tariffs.share.typed')}
          defaultValue={String((service?.ppm ?? 0) / PERCENT)}
          pattern={SHARES}
          inputMode="decimal"
          autoComplete="off"
          required
        />
        <Field
          {...sum}
          name="service.least"
          label={t('tariffs.least')}
          defaultValue={of(service?.least ?? 0)}
          required
        />
        <Field
          {...sum}
          name="service.most"
          label={t('tariffs.most')}
          hint={t('tariffs.most.hint')}
          defaultValue={of(service?.most ?? 0)}
          required
        />
        <Field
          {...sum}
          name="most_tip"
          label={t('tariffs.tip')}
          defaultValue={of(tariff?.most_tip ?? 10_000)}
          required
        />
      </div>
    </section>
  );
}
