import type { Schema } from '@tipple/api';
import { t } from '@/lib/messages.ts';
import { card, quiet, secondary } from '@/ui/button.ts';
import { Field } from '@/ui/form.tsx';
import { type Row, row } from '../rows.ts';
import { SHARES } from './amounts.ts';

type Rate = Row<Schema<'TaxRate'>>;
export interface Class extends Row<Schema<'TaxClass'>> {
  rates: Rate[];
}

interface Shown {
  rows: Class[];
  change: (rows: Class[]) => void;
}

const PERCENT = 10_000;
/** The house takes no more. */
const MOST = { classes: 50, rates: 10 };

/** Sales taxes, by the class that listings name. */
export function TaxClasses({ rows, change }: Shown) {
  return (
    <section className={`${card} space-y-4 xl:col-span-2`}>
      <h2 className="text-xl">{t('tariffs.classes')}</h2>
      <p className="text-muted">{t('tariffs.classes.text')}</p>
      {rows.map((one, at) => (
        <fieldset key={one.key} className="space-y-3 rounded-sm border border-hairline p-3">
          <legend className="px-1 text-sm font-semibold">{t('tariffs.class', { n: at + 1 })}</legend>
          <div className="flex flex-wrap items-end gap-4">
            <Field
              name={`tax_classes[${at}].name`}
              label={t('tariffs.class.name')}
              hint={t('tariffs.class.name.hint')}
              defaultValue={one.of?.name}
              pattern="[a-z][a-z0-9_\-]{0,39}"
              autoComplete="off"
              required
            />
            {rows.length > 1 && (
              <button
                type="button"
                onClick={() => change(rows.filter((it) => it !== one))}
                className={`${quiet} ms-auto`}
              >
                {t('tariffs.class.remove')}
              </button>
            )}
          </div>
          <Rates
            name={`tax_classes[${at}].rates`}
            rates={one.rates}
            change={(rates) => change(rows.with(at, { ...one, rates }))}
          />
        </fieldset>
      ))}
      {rows.length < MOST.classes && (
        <button
          type="button"
          onClick={() => change([...rows, { ...row(), rates: [] }])}
          className={secondary}
        >
          {t('tariffs.class.add')}
        </button>
      )}
    </section>
  );
}

interface RatesShown {
  name: string;
  rates: Rate[];
  change: (rates: Rate[]) => void;
}

function Rates({ name, rates, change }: RatesShown) {
  return (
    <>
      {rates.length === 0 && <p className="text-muted">{t('tariffs.untaxed')}</p>}
      {rates.map((rate, at) => (
        <div key={rate.key} className="grid items-start gap-3 md:grid-cols-[2fr_1fr_2fr_auto]">
          <Field
            name={`${name}[${at}].label`}
            label={t('tariffs.rate.label')}
            defaultValue={rate.of?.label}
            maxLength={60}
            autoComplete="off"
            required
          />
          <Field
            name={`${name}[${at}].ppm`}
            label={t('tariffs.rate')}
            defaultValue={rate.of ? String(rate.of.ppm / PERCENT) : ''}
            pattern={SHARES}
            inputMode="decimal"
            autoComplete="off"
            required
          />
          <Field
            name={`${name}[${at}].authority`}
            label={t('tariffs.authority')}
            placeholder={t('tariffs.authority.same')}
            defaultValue={rate.of?.authority ?? ''}
            maxLength={60}
            autoComplete="off"
          />
          <button
            type="button"
            onClick={() => change(rates.filter((it) => it !== rate))}
            className={`${quiet} justify-self-start md:mt-6`}
          >
            {t('tariffs.rate.remove')}
          </button>
        </div>
      ))}
      {rates.length < MOST.rates && (
        <button type="button" onClick={() => change([...rates, row()])} className={quiet}>
          {t('tariffs.rate.add')}
        </button>
      )}
    </>
  );
}
