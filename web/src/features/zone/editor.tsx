import type { Answer } from '@tipple/api';
import { useState } from 'react';
import { MapView } from '@/features/map/later.tsx';
import type { Zone } from '@/features/map/projection.ts';
import { number } from '@/lib/format.ts';
import { t } from '@/lib/messages.ts';
import { ifMatch, send } from '@/lib/send.ts';
import { useSending } from '@/lib/sending.ts';
import { card, secondary } from '@/ui/button.ts';
import { Choice, Form } from '@/ui/form.tsx';
import type { Hands } from '@/ui/held.tsx';
import { Circle } from './circle.tsx';
import { Corners } from './corners.tsx';
import { cornered, pressed, round } from './shape.ts';

export type Store = Answer<'/v1/catalogue/stores/{store}'>;

/** Where a store delivers, drawn by pressing on the map or typed. */
export function Editor({ store, over, touch, done }: { store: Store } & Hands<Store>) {
  const [steps, setSteps] = useState<Zone[]>([store.zone]);
  const zone = steps.at(-1) ?? store.zone;
  const set = (next: Zone) => {
    setSteps([...steps.slice(-100), next]);
    touch();
  };
  const keep = useSending(
    () =>
      send('patch', '/v1/catalogue/stores/{store}', {
        path: { store: store.store },
        header: ifMatch(over.version),
        body: { zone },
      }),
    done,
  );
  return (
    <Form
      send={() => keep.mutate(undefined)}
      busy={keep.isPending}
      failed={keep.error}
      submit={t('zones.save')}
      className={`${card} mt-4`}
    >
      <div className="grid items-start gap-6 xl:grid-cols-[3fr_2fr]">
        <div>
          <p className="mb-2">{t(zone.shape === 'radius' ? 'zones.circle.text' : 'zones.polygon.text')}</p>
          <MapView
            label={t('zones.map')}
            pins={[
              { key: 'store', kind: 'store', label: store.name, place: store.place, note: store.address },
              ...(zone.shape === 'polygon' ? zone.corners : []).map((place, at) => ({
                key: `corner ${at}`,
                kind: 'corner' as const,
                label: number(at + 1),
                place,
              })),
            ]}
            areas={[{ key: 'zone', label: t('zones.area'), zone, tone: 'info' }]}
            pick={(place) => set(pressed(zone, place))}
          />
        </div>
        <div className="space-y-4">
          <Choice
            name="shape"
            label={t('zones.shape')}
            value={zone.shape}
            onChange={({ target }) =>
              set(target.value === 'radius' ? round(zone, store.place) : cornered(zone))
            }
            choices={[
              ['radius', t('zones.circle')],
              ['polygon', t('zones.polygon')],
            ]}
          />
          {zone.shape === 'radius' ? (
            <Circle zone={zone} change={set} />
          ) : (
            <Corners corners={zone.corners} change={(corners) => set({ shape: 'polygon', corners })} />
          )}
          <div className="flex flex-wrap gap-3">
            <button
              type="button"
              disabled={steps.length < 2}
              onClick={() => setSteps(steps.slice(0, -1))}
              className={secondary}
            >
              {t('zones.undo')}
            </button>
            {zone.shape === 'polygon' && (
              <button
                type="button"
                onClick={() => set({ shape: 'polygon', corners: [] })}
                className={secondary}
              >
                {t('zones.anew')}
              </button>
            )}
          </div>
        </div>
      </div>
    </Form>
  );
}
