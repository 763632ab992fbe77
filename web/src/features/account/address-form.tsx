import type { Schema } from '@tipple/api';
import { useRef } from 'react';
import { t } from '@/lib/messages.ts';
import { send, useSending } from '@/lib/sending.ts';
import { here } from '@/lib/whereabouts.ts';
import { secondary } from '@/ui/button.ts';
import { Choice, Field, Form } from '@/ui/form.tsx';

const KINDS = ['home', 'office', 'hotel', 'campus', 'hostel', 'hospital', 'other'] as const;

/** A new address, with the place of its door on the Earth, which decides what the law allows there. */
export function AddressForm({ done }: { done: (added: Schema<'Address'>) => void }) {
  const add = useSending(
    ({ label = '', recipient = '', address = '', instructions, kind, lat, lon }: Record<string, string>) =>
      send('post', '/v1/accounts/addresses', {
        body: {
          label,
          recipient,
          address,
          instructions,
          kind: kind as Schema<'AddressKind'>,
          place: { lat: Number(lat), lon: Number(lon) },
        },
      }),
    done,
  );
  return (
    <Form
      send={add.mutate}
      busy={add.isPending}
      failed={add.error}
      submit={t('address.save')}
      className="mt-4 max-w-md"
    >
      <Field name="label" label={t('address.label')} hint={t('address.label.hint')} maxLength={60} required />
      <Field
        name="recipient"
        label={t('address.recipient')}
        hint={t('address.recipient.hint')}
        autoComplete="name"
        maxLength={100}
        required
      />
      <Field
        name="address"
        label={t('address.address')}
        autoComplete="street-address"
        maxLength={300}
        required
      />
      <Choice
        name="kind"
        label={t('address.kind')}
        choices={KINDS.map((kind) => [kind, t(`address.kind.${kind}`)])}
      />
      <Field name="instructions" label={t('address.instructions')} maxLength={500} />
      <Whereabouts />
    </Form>
  );
}

/** Where the door is: as this device says, or typed. */
function Whereabouts() {
  const fields = useRef<HTMLDivElement>(null);
  const find = useSending(async () => {
    for (const [name, value] of Object.entries(await here())) {
      const field = fields.current?.querySelector<HTMLInputElement>(`[name=${name}]`);
      if (field) field.value = value.toFixed(5);
    }
  });
  const degrees = { inputMode: 'decimal', pattern: '-?[0-9]{1,3}([.][0-9]+)?', required: true } as const;
  return (
    <div ref={fields} className="space-y-3">
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
        <Field name="lat" label={t('address.lat')} {...degrees} />
        <Field name="lon" label={t('address.lon')} {...degrees} />
      </div>
    </div>
  );
}
