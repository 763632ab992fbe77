import type { Schema } from '@tipple/api';
import { amounts, typed } from '@/lib/amount.ts';
import { t, word } from '@/lib/messages.ts';
import { card } from '@/ui/button.ts';
import { Choice, Field } from '@/ui/form.tsx';
import { KINDS } from '../../what-if/route.ts';
import type { Chosen, Rules } from './draft.ts';
import { DryDays } from './dry-days.tsx';
import { DryZones } from './dry-zones.tsx';
import { HoursField } from './hours-field.tsx';
import { LimitFields } from './limits.tsx';

interface Shown {
  rules?: Rules;
  set: Chosen;
  change: (set: Chosen) => void;
}

const LEAPS: Schema<'LeapDay'>[] = ['february28', 'march1'];
const check = 'flex min-h-11 items-center gap-2';

/** What holds for all drinks together. */
export function General({ rules, set, change }: Shown) {
  const { delivery } = set;
  return (
    <section aria-label={t('law.all')} className={`${card} space-y-6`}>
      <h2 className="text-xl">{t('law.all')}</h2>
      <LimitFields name="rules.limits" legend={t('law.most.all')} limits={rules?.limits} />
      <div>
        <label className={check}>
          <input
            type="checkbox"
            checked={delivery === undefined}
            onChange={({ target }) =>
              change({ ...set, delivery: target.checked ? undefined : set.hours.beer })
            }
            className="size-5 shrink-0 accent-brand"
          />
          {t('law.new.deliveryHours.same')}
        </label>
        {delivery && (
          <HoursField
            label={t('law.deliveryHours')}
            hours={delivery}
            change={(hours) => change({ ...set, delivery: hours })}
          />
        )}
      </div>
      <Field
        name="rules.last_dispatch_margin_minutes"
        type="number"
        label={t('law.new.margin')}
        defaultValue={rules?.last_dispatch_margin_minutes ?? 0}
        min={0}
        max={720}
        required
      />
      <DryDays days={set.days} change={(days) => change({ ...set, days })} />
      <DryZones rows={set.zones} change={(zones) => change({ ...set, zones })} />
      <fieldset>
        <legend className="text-sm font-semibold">{t('law.kinds')}</legend>
        <div className="flex flex-wrap gap-x-6">
          {KINDS.map((kind) => (
            <label key={kind} className={check}>
              <input
                type="checkbox"
                name={`kind-${kind}`}
                defaultChecked={rules?.forbidden_address_kinds?.includes(kind)}
                className="size-5 shrink-0 accent-brand"
              />
              {word('address', `kind.${kind}`)}
            </label>
          ))}
        </div>
      </fieldset>
      <Floor floor={rules?.price_floor} />
      <Choice
        name="rules.leap_day_birthday"
        label={t('law.leap')}
        defaultValue={rules?.leap_day_birthday ?? 'march1'}
        choices={LEAPS.map((one) => [one, word('leap', one)])}
      />
    </section>
  );
}

function Floor({ floor }: { floor?: Schema<'PriceFloor'> | null }) {
  const currency = floor?.amount.currency ?? 'USD';
  return (
    <fieldset>
      <legend className="text-sm font-semibold">{t('law.floor')}</legend>
      <p className="mb-2 text-sm text-muted">{t('law.new.floor.hint')}</p>
      <div className="grid items-end gap-3 sm:grid-cols-3">
        <Field
          name="rules.price_floor.amount"
          label={t('law.new.floor.amount')}
          defaultValue={floor ? typed(floor.amount) : ''}
          pattern={amounts(currency)}
          inputMode="decimal"
          autoComplete="off"
        />
        <Field
          name="rules.price_floor.currency"
          label={t('law.new.floor.currency')}
          defaultValue={currency}
          pattern="[A-Za-z]{3}"
          maxLength={3}
          autoComplete="off"
          required
        />
        <Field
          name="rules.price_floor.per_millilitres"
          type="number"
          label={t('law.new.floor.per')}
          defaultValue={floor?.per_millilitres ?? 1000}
          min={1}
          max={100_000}
          required
        />
      </div>
    </fieldset>
  );
}
