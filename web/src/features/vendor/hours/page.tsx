import { useQuery } from '@tanstack/react-query';
import type { Schema } from '@tipple/api';
import { useState } from 'react';
import { t } from '@/lib/messages.ts';
import { ifMatch, send, useSending } from '@/lib/sending.ts';
import { card } from '@/ui/button.ts';
import { Field, Form } from '@/ui/form.tsx';
import { type Store, storeOf, useDecides, useStore } from '../stores.ts';
import { Exceptions } from './exceptions.tsx';
import { Week } from './week.tsx';

export type Spans = Schema<'Hours'>['week'][number];

/** When the store is open: the week, and days on which it is otherwise. */
export function Page(): React.ReactNode {
  const { store } = useStore();
  const { data } = useQuery(storeOf(store));
  const [saved, setSaved] = useState(false);
  if (!data) return null;
  return (
    <>
      <h1>{t('vendor.hours')}</h1>
      <p className="mt-2 text-muted">{t('hours.zone', { zone: data.time_zone })}</p>
      <p role="status" className="mt-2 font-medium text-success">
        {saved && t('hours.saved')}
      </p>
      <Opening key={data.version} store={data} saved={setSaved} />
    </>
  );
}

function Opening({ store, saved }: { store: Store; saved: (saved: boolean) => void }) {
  const decides = useDecides();
  const [week, setWeek] = useState(store.hours.week);
  const [exceptions, setExceptions] = useState<Record<string, Spans>>(store.hours.exceptions ?? {});
  const change = useSending(
    ({ minutes }: Record<string, string>) =>
      send('put', '/v1/catalogue/stores/{store}/opening', {
        path: { store: store.store },
        header: ifMatch(store.version),
        body: { hours: { week, exceptions }, preparation_minutes: Number(minutes) },
      }),
    () => saved(true),
  );
  return (
    <Form
      send={change.mutate}
      busy={change.isPending}
      failed={change.error}
      submit={t('hours.save')}
      className={decides ? '' : '[&>button]:hidden'}
    >
      {!decides && <p>{t('hours.managers')}</p>}
      <fieldset
        disabled={!decides}
        onChange={() => saved(false)}
        className="grid gap-6 disabled:[&_button]:hidden disabled:[&_input[type=date]]:hidden lg:grid-cols-2"
      >
        <Week week={week} change={setWeek} />
        <div className="space-y-6">
          <Exceptions exceptions={exceptions} change={setExceptions} />
          <section className={card}>
            <h2 className="mb-3 text-xl">{t('hours.packing')}</h2>
            <Field
              name="minutes"
              type="number"
              label={t('accept.minutes')}
              defaultValue={store.preparation_minutes}
              min={0}
              max={1440}
              required
            />
          </section>
        </div>
      </fieldset>
    </Form>
  );
}
