import { distance } from '@/lib/format.ts';
import { t } from '@/lib/messages.ts';
import { quiet } from '@/ui/button.ts';
import type { Pin, Shown } from './shown.ts';

/** All that the map shows, in words. */
export function Listed({ shown, choose }: { shown: Shown; choose?: (key: string) => void }) {
  const { pins, lines, areas } = shown;
  if (pins.length + lines.length + areas.length === 0) return null;
  return (
    <details className="text-sm">
      <summary className="min-h-11 cursor-pointer py-2.5 font-medium text-muted">{t('map.list')}</summary>
      <ul className="space-y-1 pb-2">
        {pins.map((pin) => (
          <li key={pin.key}>
            {choose ? (
              <button type="button" onClick={() => choose(pin.key)} className={quiet}>
                <Named pin={pin} />
              </button>
            ) : (
              <Named pin={pin} />
            )}
          </li>
        ))}
        {lines.map(({ key, label }) => (
          <li key={key}>{label}</li>
        ))}
        {areas.map(({ key, label, zone }) => (
          <li key={key}>
            {zone.shape === 'radius'
              ? t('map.circle', { name: label, distance: distance(zone.metres) })
              : t('map.polygon', { name: label, n: zone.corners.length })}
          </li>
        ))}
      </ul>
    </details>
  );
}

function Named({ pin: { kind, label, note } }: { pin: Pin }) {
  return (
    <>
      {t(`map.kind.${kind}`)}: <bdi>{label}</bdi>
      {note && <>, {note}</>}
    </>
  );
}
