import type { Schema } from '@tipple/api';
import { t } from '@/lib/messages.ts';
import { Field } from '@/ui/form.tsx';

interface Shown {
  /** What the house calls them. */
  name: string;
  legend: string;
  limits?: Schema<'Limits'>;
}

/** The most of something; where nothing is written there is no limit. */
export function LimitFields({ name, legend, limits }: Shown) {
  const all = [
    ['containers', t('law.new.containers')],
    ['millilitres', t('law.new.millilitres')],
    ['pure_alcohol_millilitres', t('law.new.pure')],
  ] as const;
  return (
    <fieldset>
      <legend className="text-sm font-semibold">{legend}</legend>
      <p className="mb-2 text-sm text-muted">{t('law.new.most.hint')}</p>
      <div className="grid items-end gap-3 sm:grid-cols-3">
        {all.map(([limit, label]) => (
          <Field
            key={limit}
            name={`${name}.${limit}`}
            type="number"
            label={label}
            defaultValue={limits?.[limit] ?? ''}
            min={0}
            max={2_000_000_000}
          />
        ))}
      </div>
    </fieldset>
  );
}
