import { useQuery } from '@tanstack/react-query';
import { useRef, useState } from 'react';
import { MapView } from '@/features/map/later.tsx';
import type { Place } from '@/features/map/projection.ts';
import { t } from '@/lib/messages.ts';
import { usePlace } from '@/lib/place.ts';
import { reading } from '@/lib/reading.ts';
import { useSending } from '@/lib/sending.ts';
import { here } from '@/lib/whereabouts.ts';
import { secondary } from '@/ui/button.ts';
import { Field } from '@/ui/form.tsx';

const stores = reading('/v1/catalogue/stores', { query: { limit: 20 } });
const degrees = { inputMode: 'decimal', pattern: '-?[0-9]{1,3}([.][0-9]+)?', required: true } as const;

/** Where the door is: pressed on a map, as this device says, or typed; at first where it was said to be. */
export function Whereabouts({ at }: { at?: Place }) {
  const fields = useRef<HTMLDivElement>(null);
  const [place, setPlace] = useState(at);
  const field = (name: string) => fields.current?.querySelector<HTMLInputElement>(`[name=${name}]`);
  const take = ({ lat, lon }: Place) => {
    for (const [name, value] of Object.entries({ lat, lon })) {
      const found = field(name);
      if (!found) continue;
      found.value = value.toFixed(5);
      // As if it had been typed: what was missing is so no longer.
      found.dispatchEvent(new Event('input', { bubbles: true }));
    }
    setPlace({ lat, lon });
  };
  const find = useSending(async () => take(await here()));
  const typed = () => setPlace(placeOf(field('lat')?.value, field('lon')?.value));
  return (
    <div ref={fields} className="space-y-3">
      <p>{t('address.map.text')}</p>
      <Around place={place} pick={take} />
      <button
        type="button"
        onClick={() => find.mutate(undefined)}
        aria-busy={find.isPending}
        className={secondary}
      >
        {t('address.here')}
      </button>
      {find.error && (
        <p role="alert" className="text-danger">
          {t('address.here.failed')}
        </p>
      )}
      <div className="grid grid-cols-2 gap-3">
        <Field name="lat" label={t('address.lat')} onInput={typed} defaultValue={at?.lat} {...degrees} />
        <Field name="lon" label={t('address.lon')} onInput={typed} defaultValue={at?.lon} {...degrees} />
      </div>
    </div>
  );
}

/** The map, with the stores to find one's way by. */
function Around({ place, pick }: { place?: Place; pick: (place: Place) => void }) {
  const { data } = useQuery(stores);
  const known = usePlace();
  return (
    <MapView
      label={t('address.map')}
      pins={[
        ...(data?.items ?? []).map(({ store, name, address, place }) => ({
          key: store,
          kind: 'store' as const,
          label: name,
          place,
          note: address,
          tone: 'muted' as const,
        })),
        ...(place ? [{ key: 'door', kind: 'door' as const, label: t('address.map.door'), place }] : []),
      ]}
      around={known ? [known] : []}
      pick={pick}
    />
  );
}

function placeOf(lat = '', lon = ''): Place | undefined {
  const place = { lat: Number.parseFloat(lat), lon: Number.parseFloat(lon) };
  return Math.abs(place.lat) <= 90 && Math.abs(place.lon) <= 180 ? place : undefined;
}
