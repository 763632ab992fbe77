import { useQuery } from '@tanstack/react-query';
import type { Schema } from '@tipple/api';
import { useState } from 'react';
import { amounts, minor, typed } from '@/lib/amount.ts';
import { t } from '@/lib/messages.ts';
import { ifMatch, send } from '@/lib/send.ts';
import { useSending } from '@/lib/sending.ts';
import { card } from '@/ui/button.ts';
import { Field, Form } from '@/ui/form.tsx';
import { type Hands, Held } from '@/ui/held.tsx';
import { Stale } from '@/ui/stale.tsx';
import { Pause } from '../pause.tsx';
import { type Store, storeOf, useMay, useStore } from '../stores.ts';
import { Exceptions } from './exceptions.tsx';
import { Week } from './week.tsx';

export type Spans = Schema<'Hours'>['week'][number];

/** When the store is open: the week, and days on which it is otherwise. */
export function Page(): React.ReactNode {
  const known = useStore();
  const { data = known, error } = useQuery(storeOf(known.store));
  return (
    <>
      <h1>{t('vendor.hours')}</h1>
      <p className="mt-2 text-muted">{t('hours.zone', { zone: data.time_zone })}</p>
      <Stale error={error} />
      <Pause store={data} />
      <Held
        read={data}
        decided={({ hours, preparation_minutes, least_order }) => [hours, preparation_minutes, least_order]}
        saved={t('hours.saved')}
      >
        {(store, hands) => <Opening store={store} {...hands} />}
      </Held>
    </>
  );
}

function Opening({ store, over, touch, done }: { store: Store } & Hands<Store>) {
  const decides = useMay()('change_terms');
  const [week, setWeek] = useState(store.hours.week);
  const [exceptions, setExceptions] = useState<Record<string, Spans>>(store.hours.exceptions ?? {});
  const change = useSending(
    ({ minutes, least = '' }: Record<string, string>) =>
      send('patch', '/v1/catalogue/stores/{store}', {
        path: { store: store.store },
        header: ifMatch(over.version),
        body: {
          hours: { week, exceptions },
          preparation_minutes: Number(minutes),
          least_order_minor: minor(least, store.currency) ?? 0,
        },
      }),
    done,
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
        className="grid gap-6 disabled:[&_button]:hidden disabled:[&_input[type=date]]:hidden lg:grid-cols-2"
      >
        <Week
          week={week}
          change={(next) => {
            touch();
            setWeek(next);
          }}
        />
        <div className="space-y-6">
          <Exceptions
            exceptions={exceptions}
            change={(next) => {
              touch();
              setExceptions(next);
            }}
          />
          <section className={`${card} space-y-4`}>
            <h2 className="text-xl">{t('vendor.orders')}</h2>
            <Field
              name="minutes"
              type="number"
              label={t('accept.minutes')}
              defaultValue={store.preparation_minutes}
              min={0}
              max={1440}
              required
            />
            <Field
              name="least"
              inputMode="decimal"
              label={t('hours.least')}
              hint={t('hours.least.hint', { currency: store.currency })}
              defaultValue={store.least_order ? typed(store.least_order) : ''}
              pattern={amounts(store.currency)}
              maxLength={14}
              autoComplete="off"
            />
          </section>
        </div>
      </fieldset>
    </Form>
  );
}
