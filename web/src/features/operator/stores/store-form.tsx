import { useQuery } from '@tanstack/react-query';
import type { Answer, Schema } from '@tipple/api';
import { useState } from 'react';
import { Exceptions } from '@/features/vendor/hours/exceptions.tsx';
import type { Spans } from '@/features/vendor/hours/page.tsx';
import { Week } from '@/features/vendor/hours/week.tsx';
import { t } from '@/lib/messages.ts';
import { useSending } from '@/lib/sending.ts';
import { whole } from '@/lib/whole.ts';
import { card } from '@/ui/button.ts';
import { Choice, Field, Form } from '@/ui/form.tsx';
import { Place } from './place.tsx';

export type Store = Answer<'/v1/catalogue/stores/{store}'>;
type Input = Schema<'StoreInput'>;

interface Shown {
  store?: Store;
  /** Whose it will be, where that is known. */
  vendor?: string;
  submit: string;
  /** Something is otherwise than it was, by a button. */
  touch?: () => void;
  send: (body: Input) => Promise<Store>;
  sent: (store: Store) => void;
}

const USUAL: Spans[] = Array.from({ length: 7 }, () => [{ from: '10:00:00', until: '20:00:00' }]);
const ZONES = Intl.supportedValuesOf('timeZone');

/** All that an operator sets of a store. */
export function StoreForm({ store, vendor, submit, touch, send, sent }: Shown) {
  const { data: vendors } = useQuery(whole('/v1/catalogue/vendors', { query: {} }));
  // Not every browser's own is one of those it lists.
  const zone = store?.time_zone ?? Intl.DateTimeFormat().resolvedOptions().timeZone;
  const [week, setWeek] = useState(store?.hours.week ?? USUAL);
  const [exceptions, setExceptions] = useState<Record<string, Spans>>(store?.hours.exceptions ?? {});
  const keep = useSending((fields: Record<string, string>) => send(told(fields)), sent);
  const told = (fields: Record<string, string>): Input => {
    const place = { lat: Number(fields.lat), lon: Number(fields.lon) };
    return {
      vendor: fields.vendor ?? '',
      name: fields.name?.trim() ?? '',
      address: fields.address?.trim() ?? '',
      place,
      time_zone: fields.time_zone ?? '',
      currency: fields.currency?.trim().toUpperCase() ?? '',
      hours: { week, exceptions },
      // An area with corners is drawn on a map: here it stays as it is.
      zone:
        fields.metres === undefined && store
          ? store.zone
          : { shape: 'radius', centre: place, metres: Number(fields.metres) },
      preparation_minutes: Number(fields.minutes),
      licence_number: fields.licence?.trim() || undefined,
      active: fields.active === 'on',
    };
  };
  return (
    <Form send={keep.mutate} busy={keep.isPending} failed={keep.error} submit={submit} className="mt-4">
      <div className="grid items-start gap-6 xl:grid-cols-2">
        <section className={`${card} space-y-4`}>
          <h2 className="text-xl">{t('stores.about')}</h2>
          <Field name="name" label={t('stores.name')} defaultValue={store?.name} maxLength={200} required />
          <Choice
            key={vendors ? 'vendors' : 'none'}
            name="vendor"
            label={t('stores.vendor')}
            defaultValue={store?.vendor ?? vendor}
            choices={(vendors ?? []).map((one) => [one.vendor, one.name])}
          />
          <Field
            name="licence"
            label={t('stores.licence')}
            hint={t('stores.optional')}
            defaultValue={store?.licence_number ?? ''}
            maxLength={100}
            autoComplete="off"
          />
          <Field
            name="currency"
            label={t('stores.currency')}
            hint={t('stores.currency.hint')}
            defaultValue={store?.currency}
            pattern="[A-Za-z]{3}"
            maxLength={3}
            autoComplete="off"
            required
          />
          <Choice
            name="time_zone"
            label={t('stores.zone')}
            defaultValue={zone}
            choices={[...new Set([zone, ...ZONES])].map((one) => [one, one])}
          />
          <Field
            name="minutes"
            type="number"
            label={t('stores.minutes')}
            defaultValue={store?.preparation_minutes ?? 15}
            min={0}
            max={1440}
            required
          />
          <label className="flex min-h-11 items-center gap-3">
            <input
              type="checkbox"
              name="active"
              defaultChecked={store?.active ?? true}
              className="size-5 accent-brand"
            />
            {t('stores.on')}
          </label>
        </section>
        <Place store={store} />
        <Week
          week={week}
          change={(next) => {
            touch?.();
            setWeek(next);
          }}
        />
        <Exceptions
          exceptions={exceptions}
          change={(next) => {
            touch?.();
            setExceptions(next);
          }}
        />
      </div>
    </Form>
  );
}
