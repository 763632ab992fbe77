import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { spanOf } from '@/lib/days.ts';
import { t } from '@/lib/messages.ts';
import { whole } from '@/lib/whole.ts';
import { DriverUse } from './driver-use.tsx';
import { Filter } from './filter.tsx';
import { Funnel } from './funnel.tsx';
import { Popular } from './popular.tsx';
import { Sales } from './sales.tsx';
import type { Kind, Shown } from './shown.ts';
import { Times } from './times.tsx';

export interface Asked {
  from: string;
  to: string;
  time_zone: string;
  store?: string;
}

interface PageShown {
  kind: Kind;
  chosen: Shown;
  choose: (chosen: Shown) => void;
  type: (chosen: Shown) => void;
  /** Of one store only, whose days are meant. */
  store?: { store: string; time_zone: string };
  /** The way to the other figures. */
  tabs: ReactNode;
}

/** Figures of some days, of all stores or of one. */
export function Figures({ kind, chosen, choose, type, store, tabs }: PageShown) {
  const { data: stores } = useQuery({ ...whole('/v1/catalogue/stores', { query: {} }), enabled: !store });
  const one = store ?? stores?.find((any) => any.store === chosen.store);
  const zone = one?.time_zone ?? Intl.DateTimeFormat().resolvedOptions().timeZone;
  const span = spanOf(chosen, zone);
  const asked: Asked = { ...span, time_zone: zone, store: store?.store ?? chosen.store };
  return (
    <>
      <h1>{t('figures.title')}</h1>
      {tabs}
      <Filter
        key={`${span.from} ${span.to}`}
        chosen={chosen}
        choose={choose}
        type={type}
        span={span}
        zone={zone}
        stores={store ? undefined : (stores ?? [])}
      />
      {kind === 'sales' && <Sales asked={asked} chosen={chosen} choose={choose} />}
      {kind === 'products' && <Popular asked={asked} />}
      {kind === 'funnel' && <Funnel asked={asked} />}
      {kind === 'delivery' && <Times asked={asked} />}
      {kind === 'delivery' && !store && <DriverUse asked={asked} />}
    </>
  );
}
