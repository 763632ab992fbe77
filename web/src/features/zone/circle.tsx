import type { Zone } from '@/features/map/projection.ts';
import { t } from '@/lib/messages.ts';
import { latitude, longitude, Typed } from './typed.tsx';

type Round = Extract<Zone, { shape: 'radius' }>;

/** A circle by numbers. */
export function Circle({ zone, change }: { zone: Round; change: (zone: Round) => void }) {
  const { centre, metres } = zone;
  const measures = [
    {
      label: t('address.lat'),
      value: centre.lat,
      fits: latitude,
      change: (lat: number) => change({ ...zone, centre: { ...centre, lat } }),
    },
    {
      label: t('address.lon'),
      value: centre.lon,
      fits: longitude,
      change: (lon: number) => change({ ...zone, centre: { ...centre, lon } }),
    },
    {
      label: t('zones.metres'),
      value: metres,
      fits: Number.isSafeInteger,
      change: (metres: number) => change({ ...zone, metres }),
    },
  ];
  return (
    <div className="grid grid-cols-2 gap-3">
      {measures.map((measure) => (
        <div key={measure.label}>
          <p aria-hidden="true" className="mb-1 text-sm font-medium">
            {measure.label}
          </p>
          <Typed {...measure} />
        </div>
      ))}
    </div>
  );
}
