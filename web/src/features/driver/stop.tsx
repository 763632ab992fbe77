import type { Schema } from '@tipple/api';
import type { ReactNode } from 'react';
import { t } from '@/lib/messages.ts';
import { card } from '@/ui/button.ts';
import { other } from './look.ts';
import { mapOf } from './maps.ts';
import { Way } from './way.tsx';

interface Shown {
  order: string;
  kind: 'store' | 'door';
  title: string;
  name: string;
  address: string;
  place: Schema<'Place'>;
  children?: ReactNode;
}

/** Where to, large, and over to the phone's maps. */
export function Stop({ order, kind, title, name, address, place, children }: Shown) {
  return (
    <section className={`${card} my-4`}>
      <h2 className="text-base font-medium text-muted">{title}</h2>
      <p className="text-xl font-semibold [overflow-wrap:anywhere]">{name}</p>
      <p className="mt-1 text-lg [overflow-wrap:anywhere]">
        <bdi>{address}</bdi>
      </p>
      {children}
      <Way order={order} kind={kind} name={name} address={address} place={place} />
      <a href={mapOf(place, name)} target="_blank" rel="noreferrer" className={`${other} mt-4`}>
        {t('driver.map')}
      </a>
    </section>
  );
}

interface StoreShown {
  order: string;
  store: Schema<'StoreStop'>;
  children?: ReactNode;
}

export function StoreStop({ order, store, children }: StoreShown) {
  return (
    <Stop
      order={order}
      kind="store"
      title={t('driver.store.at')}
      name={store.name}
      address={store.address}
      place={store.place}
    >
      {children}
    </Stop>
  );
}
