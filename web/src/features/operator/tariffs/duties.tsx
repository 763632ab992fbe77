import type { Schema } from '@tipple/api';
import { t, word } from '@/lib/messages.ts';
import { card, quiet, secondary } from '@/ui/button.ts';
import { Choice, Field } from '@/ui/form.tsx';
import { type Row, row } from '../rows.ts';
import { DUTIES, perLitre } from './amounts.ts';

type Duty = Row<Schema<'Excise'>>;

interface Shown {
  rows: Duty[];
  change: (rows: Duty[]) => void;
  currency: string;
}

const CLASSES: Schema<'AlcoholClass'>[] = ['beer', 'wine', 'spirits', 'none'];
const BASES: Schema<'ExciseBasis'>[] = ['volume', 'pure_alcohol'];
const MOST = 20;

/** Duties by the litre. */
export function Duties({ rows, change, currency }: Shown) {
  return (
    <section className={`${card} space-y-4 xl:col-span-2`}>
      <h2 className="text-xl">{t('tariffs.duties')}</h2>
      {rows.length === 0 && <p className="text-muted">{t('tariffs.duties.none')}</p>}
      {rows.map((one, at) => (
        <fieldset key={one.key} className="rounded-sm border border-hairline p-3">
          <legend className="px-1 text-sm font-semibold">{t('tariffs.duty', { n: at + 1 })}</legend>
          <div className="grid items-start gap-3 md:grid-cols-3 xl:grid-cols-[2fr_1fr_1fr_1fr_2fr_auto]">
            <Field
              name={`excise[${at}].label`}
              label={t('tariffs.duty.label')}
              defaultValue={one.of?.label}
              maxLength={60}
              autoComplete="off"
              required
            />
            <Choice
              name={`excise[${at}].class`}
              label={t('tariffs.duty.class')}
              defaultValue={one.of?.class}
              choices={CLASSES.map((it) => [it, word('class', it)])}
            />
            <Choice
              name={`excise[${at}].per`}
              label={t('tariffs.duty.per')}
              defaultValue={one.of?.per}
              choices={BASES.map((it) => [it, word('per', it)])}
            />
            <Field
              name={`excise[${at}].micros_per_litre`}
              label={t('tariffs.duty.amount', { currency: currency.toUpperCase() })}
              defaultValue={one.of ? plain(perLitre(one.of.micros_per_litre, currency)) : ''}
              pattern={DUTIES}
              inputMode="decimal"
              autoComplete="off"
              required
            />
            <Field
              name={`excise[${at}].authority`}
              label={t('tariffs.authority')}
              placeholder={t('tariffs.authority.same')}
              defaultValue={one.of?.authority ?? ''}
              maxLength={60}
              autoComplete="off"
            />
            <button
              type="button"
              onClick={() => change(rows.filter((it) => it !== one))}
              className={`${quiet} justify-self-start md:mt-6`}
            >
              {t('tariffs.duty.remove')}
            </button>
          </div>
        </fieldset>
      ))}
      {rows.length < MOST && (
        <button type="button" onClick={() => change([...rows, row()])} className={secondary}>
          {t('tariffs.duty.add')}
        </button>
      )}
    </section>
  );
}

/** Never as 1e-7. */
const plain = (value: number) => value.toFixed(8).replace(/\.?0+$/, '');
