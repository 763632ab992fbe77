import { useState } from 'react';
import { t, word } from '@/lib/messages.ts';
import { card } from '@/ui/button.ts';
import { Choice, Field, Form } from '@/ui/form.tsx';
import type { Store } from '../stores.ts';
import { AWAY, KINDS, MOMENTS, type Supposed, supposed } from './route.ts';

interface Shown {
  asked: Supposed;
  stores: Store[];
  ask: (asked: Supposed) => void;
}

/** Where from, where to, when and for whom. */
export function Question({ asked, stores, ask }: Shown) {
  const [from, setFrom] = useState(asked.store ?? stores[0]?.store ?? '');
  const store = stores.find((one) => one.store === from);
  const tell = (fields: Record<string, string>) => {
    const numbers = Object.fromEntries(
      ['lat', 'lon', 'n', 'away'].filter((name) => fields[name]).map((name) => [name, Number(fields[name])]),
    );
    ask(supposed({ ...fields, ...numbers }));
  };
  return (
    <section aria-label={t('whatIf.question')} className={card}>
      <Form send={tell} busy={false} submit={t('whatIf.ask')}>
        <Choice
          name="store"
          label={t('operator.store')}
          choices={stores.map((one) => [one.store, one.name])}
          value={from}
          onChange={({ target }) => setFrom(target.value)}
        />
        <fieldset className="grid grid-cols-2 gap-3">
          <legend className="mb-1 text-sm font-semibold">{t('whatIf.door')}</legend>
          <Field
            name="lat"
            label={t('address.lat')}
            type="number"
            step="any"
            min={-90}
            max={90}
            defaultValue={asked.lat}
            placeholder={String(store?.place.lat ?? '')}
          />
          <Field
            name="lon"
            label={t('address.lon')}
            type="number"
            step="any"
            min={-180}
            max={180}
            defaultValue={asked.lon}
            placeholder={String(store?.place.lon ?? '')}
          />
          <p className="col-span-2 text-sm text-muted">{t('whatIf.door.hint')}</p>
        </fieldset>
        <Choice
          name="kind"
          label={t('whatIf.kind')}
          choices={[
            ['', t('whatIf.unsaid')],
            ...KINDS.map((kind): [string, string] => [kind, word('address', `kind.${kind}`)]),
          ]}
          defaultValue={asked.kind ?? ''}
        />
        <Field
          name="at"
          label={t('whatIf.at')}
          hint={t('whatIf.at.hint', { zone: store?.time_zone ?? '' })}
          type="datetime-local"
          min="1900-01-01T00:00"
          max="2999-12-31T23:59"
          defaultValue={asked.at}
        />
        <Choice
          name="moment"
          label={t('whatIf.moment')}
          choices={MOMENTS.map((moment): [string, string] => [moment, word('instance', moment)])}
          defaultValue={asked.moment ?? 'placement'}
        />
        <Field
          name="born"
          label={t('whatIf.born')}
          hint={t('whatIf.born.hint')}
          type="date"
          min="1900-01-01"
          defaultValue={asked.born}
        />
        <Field
          name="away"
          label={t('whatIf.away')}
          hint={t('whatIf.away.hint')}
          type="number"
          inputMode="numeric"
          min={0}
          max={1440}
          defaultValue={asked.away ?? AWAY}
          required
        />
        <div className="grid grid-cols-2 gap-3">
          <Field
            name="n"
            label={t('whatIf.n')}
            type="number"
            inputMode="numeric"
            min={1}
            max={999}
            defaultValue={asked.n ?? 1}
            required
          />
          <Field
            name="price"
            label={t('whatIf.price', { currency: store?.currency ?? '' })}
            inputMode="decimal"
            pattern="\d{1,9}([.,]\d*)?"
            defaultValue={asked.price ?? '20'}
            required
          />
        </div>
      </Form>
    </section>
  );
}
