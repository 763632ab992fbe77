import { t } from '@/lib/messages.ts';
import { quiet, secondary } from '@/ui/button.ts';
import { Field } from '@/ui/form.tsx';
import { row } from '../../rows.ts';
import type { Chosen } from './draft.ts';

type Rows = Chosen['zones'];

/** Areas without sale: circles, and those with corners as they are. */
export function DryZones({ rows, change }: { rows: Rows; change: (rows: Rows) => void }) {
  return (
    <fieldset>
      <legend className="text-sm font-semibold">{t('law.dryZones')}</legend>
      {rows.length === 0 && <p className="text-muted">{t('law.no')}</p>}
      <ul className="space-y-3">
        {rows.map((one, at) => {
          const name = `rules.dry_zones[${at}]`;
          const zone = one.of?.zone;
          return (
            <li
              key={one.key}
              className="grid items-end gap-3 sm:grid-cols-2 xl:grid-cols-[2fr_1fr_1fr_1fr_auto]"
            >
              <Field
                name={`${name}.name`}
                label={t('law.name')}
                defaultValue={one.of?.name}
                maxLength={100}
                autoComplete="off"
                required
              />
              {zone?.shape === 'polygon' ? (
                <p className="py-2.5 xl:col-span-3">{t('law.new.corners', { n: zone.corners.length })}</p>
              ) : (
                <Circle name={name} zone={zone} />
              )}
              <button
                type="button"
                onClick={() => change(rows.filter((it) => it !== one))}
                className={`${quiet} justify-self-start`}
              >
                {t('law.new.remove')}
              </button>
            </li>
          );
        })}
      </ul>
      <button type="button" onClick={() => change([...rows, row()])} className={`${secondary} mt-2`}>
        {t('law.new.addZone')}
      </button>
    </fieldset>
  );
}

interface CircleShown {
  name: string;
  zone?: { centre: { lat: number; lon: number }; metres: number };
}

function Circle({ name, zone }: CircleShown) {
  const degrees = { type: 'number', step: 'any', required: true } as const;
  return (
    <>
      <Field
        {...degrees}
        name={`${name}.lat`}
        label={t('address.lat')}
        defaultValue={zone?.centre.lat}
        min={-90}
        max={90}
      />
      <Field
        {...degrees}
        name={`${name}.lon`}
        label={t('address.lon')}
        defaultValue={zone?.centre.lon}
        min={-180}
        max={180}
      />
      <Field
        name={`${name}.metres`}
        type="number"
        label={t('law.new.metres')}
        defaultValue={zone?.metres ?? 500}
        min={1}
        max={1_000_000}
        required
      />
    </>
  );
}
