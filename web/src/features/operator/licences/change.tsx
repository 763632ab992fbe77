import type { Schema } from '@tipple/api';
import { useState } from 'react';
import { t, word } from '@/lib/messages.ts';
import { ifMatch, send } from '@/lib/send.ts';
import { useSending } from '@/lib/sending.ts';
import { quiet } from '@/ui/button.ts';
import { Field, Form } from '@/ui/form.tsx';
import { Held } from '@/ui/held.tsx';
import type { Licensed } from './licences.ts';

const CLASSES = ['beer', 'wine', 'spirits'] as const;

interface Shown {
  licensed: Licensed;
  close: () => void;
}

const decided = (it: Licensed['licence']) =>
  it && [it.number, it.classes, it.valid_from, it.valid_until, it.suspended];

/** Enters a licence as the authority wrote it, or a change of it. */
export function Change({ licensed: { store, licence }, close }: Shown) {
  return (
    <section aria-label={t('licences.changeOf', { store: store.name })}>
      <Held read={licence} decided={decided}>
        {(held, { over }) => <Written store={store.store} licence={held} over={over} close={close} />}
      </Held>
      <button type="button" onClick={close} className={quiet}>
        {t('operator.back')}
      </button>
    </section>
  );
}

interface WrittenShown {
  store: string;
  licence: Licensed['licence'];
  over: Licensed['licence'];
  close: () => void;
}

function Written({ store, licence, over, close }: WrittenShown) {
  const [classes, setClasses] = useState<Schema<'AlcoholClass'>[]>(licence?.classes ?? [...CLASSES]);
  const [suspended, setSuspended] = useState(licence?.suspended ?? false);
  const change = useSending(
    ({ number = '', valid_from = '', valid_until = '' }: Record<string, string>) =>
      send('put', '/v1/compliance/licences/{store}', {
        path: { store },
        header: over ? ifMatch(over.version) : {},
        body: { number: number.trim(), classes, valid_from, valid_until, suspended },
      }),
    close,
  );
  return (
    <Form send={change.mutate} busy={change.isPending} failed={change.error} submit={t('licences.save')}>
      <div className="grid gap-4 md:grid-cols-3">
        <Field
          name="number"
          label={t('licences.number')}
          defaultValue={licence?.number}
          maxLength={100}
          autoComplete="off"
          autoFocus
          required
        />
        <Field
          name="valid_from"
          type="date"
          label={t('licences.from')}
          defaultValue={licence?.valid_from}
          required
        />
        <Field
          name="valid_until"
          type="date"
          label={t('licences.until')}
          defaultValue={licence?.valid_until}
          required
        />
      </div>
      <div className="flex flex-wrap items-end gap-x-8">
        <fieldset className="flex flex-wrap gap-x-4">
          <legend className="text-sm font-medium">{t('licences.classes')}</legend>
          {CLASSES.map((one) => (
            <Tick
              key={one}
              label={word('class', one)}
              checked={classes.includes(one)}
              tick={(on) => setClasses(CLASSES.filter((it) => (it === one ? on : classes.includes(it))))}
            />
          ))}
        </fieldset>
        <Tick label={t('licences.suspended')} checked={suspended} tick={setSuspended} />
      </div>
    </Form>
  );
}

interface TickShown {
  label: string;
  checked: boolean;
  tick: (on: boolean) => void;
}

function Tick({ label, checked, tick }: TickShown) {
  return (
    <label className="flex min-h-11 items-center gap-2">
      <input
        type="checkbox"
        checked={checked}
        onChange={({ target }) => tick(target.checked)}
        className="size-5 accent-brand"
      />
      {label}
    </label>
  );
}
