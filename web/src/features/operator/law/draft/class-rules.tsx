import type { Schema } from '@tipple/api';
import { t, word } from '@/lib/messages.ts';
import { card, secondary } from '@/ui/button.ts';
import { Field } from '@/ui/form.tsx';
import type { Class, Hours } from './draft.ts';
import { HoursField } from './hours-field.tsx';
import { LimitFields } from './limits.tsx';

interface Shown {
  name: Class;
  rules?: Schema<'ClassRules'>;
  hours: Hours;
  change: (hours: Hours) => void;
  /** The same hours for all classes. */
  forAll: () => void;
}

/** What holds for beer, for wine or for spirits. */
export function ClassRules({ name, rules, hours, change, forAll }: Shown) {
  const said = word('class', name);
  return (
    <section aria-label={said} className={`${card} space-y-4`}>
      <h2 className="text-xl">{said}</h2>
      <Field
        name={`rules.${name}.minimum_age`}
        type="number"
        label={t('law.least')}
        defaultValue={rules?.minimum_age}
        min={1}
        max={120}
        required
      />
      <HoursField label={t('law.hours')} hours={hours} change={change}>
        <button type="button" onClick={forAll} className={`${secondary} mb-3`}>
          {t('law.new.sameForAll')}
        </button>
      </HoursField>
      <LimitFields name={`rules.${name}.limits`} legend={t('law.most')} limits={rules?.limits} />
    </section>
  );
}
