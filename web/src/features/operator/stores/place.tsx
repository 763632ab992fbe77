import { number } from '@/lib/format.ts';
import { t } from '@/lib/messages.ts';
import { card } from '@/ui/button.ts';
import { Field } from '@/ui/form.tsx';
import type { Store } from './store-form.tsx';

/** So far a new store delivers until somebody says otherwise, in metres. */
const FAR = 8_000;

/** Where it is, and how far it delivers. */
export function Place({ store }: { store?: Store }) {
  const zone = store?.zone;
  return (
    <section className={`${card} space-y-4`}>
      <h2 className="text-xl">{t('stores.place')}</h2>
      <Field
        name="address"
        label={t('stores.address')}
        hint={t('stores.address.hint')}
        defaultValue={store?.address}
        maxLength={300}
        required
      />
      <Field
        name="lat"
        type="number"
        step="any"
        label={t('address.lat')}
        defaultValue={store?.place.lat}
        min={-90}
        max={90}
        required
      />
      <Field
        name="lon"
        type="number"
        step="any"
        label={t('address.lon')}
        defaultValue={store?.place.lon}
        min={-180}
        max={180}
        required
      />
      {zone?.shape === 'polygon' ? (
        <p className="text-muted">{t('stores.corners', { n: number(zone.corners.length) })}</p>
      ) : (
        <Field
          name="metres"
          type="number"
          label={t('stores.metres')}
          hint={t('stores.metres.hint')}
          defaultValue={zone?.metres ?? FAR}
          min={1}
          max={1_000_000}
          required
        />
      )}
    </section>
  );
}
