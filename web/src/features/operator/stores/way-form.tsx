import { useQuery } from '@tanstack/react-query';
import type { Schema } from '@tipple/api';
import { t, word } from '@/lib/messages.ts';
import { send } from '@/lib/send.ts';
import { useSending } from '@/lib/sending.ts';
import { whole } from '@/lib/whole.ts';
import { Choice, Field, Form } from '@/ui/form.tsx';

const CLASSES: Schema<'AlcoholClass'>[] = ['none', 'beer', 'wine', 'spirits'];

/** An account that is offered at a store or everywhere; the same again changes how. */
export function WayForm({ accounts }: { accounts: { way: string }[] }) {
  const { data: stores } = useQuery(whole('/v1/catalogue/stores', { query: { active: 'any' } }));
  const offer = useSending((fields: Record<string, string>) =>
    send('put', '/v1/payments/ways', {
      body: {
        way: fields.way ?? '',
        store: fields.store || undefined,
        label: fields.label?.trim() ?? '',
        place: Number(fields.place),
        classes: CLASSES.filter((one) => fields[`class-${one}`]),
        currencies: (fields.currencies ?? '')
          .split(/[\s,]+/)
          .filter(Boolean)
          .map((one) => one.toUpperCase()),
        active: fields.active === 'on',
      },
    }),
  );
  const check = 'flex min-h-11 items-center gap-2';
  return (
    <Form
      key={offer.data?.id}
      send={offer.mutate}
      busy={offer.isPending}
      failed={offer.error}
      submit={t('stores.save')}
      className="grid items-start gap-x-4 gap-y-3 [&>*]:m-0 md:grid-cols-3 [&>[role=alert]]:md:col-span-3 [&>button]:justify-self-start"
    >
      <Choice name="way" label={t('stores.way.account')} choices={accounts.map(({ way }) => [way, way])} />
      <Field
        name="label"
        label={t('stores.way.label')}
        hint={t('stores.way.label.hint')}
        maxLength={60}
        required
      />
      <Choice
        name="store"
        label={t('stores.way.where')}
        choices={[
          ['', t('stores.everywhere')],
          ...(stores ?? []).map(({ store, name }): [string, string] => [store, name]),
        ]}
      />
      <fieldset>
        <legend className="mb-1 text-sm font-medium">{t('stores.way.classes')}</legend>
        <div className="flex flex-wrap gap-x-4">
          {CLASSES.map((one) => (
            <label key={one} className={check}>
              <input type="checkbox" name={`class-${one}`} className="size-5 accent-brand" />
              {word('class', one)}
            </label>
          ))}
        </div>
      </fieldset>
      <Field
        name="currencies"
        label={t('stores.way.currencies')}
        hint={t('stores.way.currencies.hint')}
        pattern="\s*([A-Za-z]{3}[\s,]*)*"
        autoComplete="off"
      />
      <Field
        name="place"
        type="number"
        label={t('stores.way.place')}
        defaultValue={0}
        min={0}
        max={1000}
        required
      />
      <label className={check}>
        <input type="checkbox" name="active" defaultChecked className="size-5 accent-brand" />
        {t('stores.way.on')}
      </label>
    </Form>
  );
}
