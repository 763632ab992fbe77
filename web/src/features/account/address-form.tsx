import type { Schema } from '@tipple/api';
import { t } from '@/lib/messages.ts';
import { send, useSending } from '@/lib/sending.ts';
import { Choice, Field, Form } from '@/ui/form.tsx';
import { Whereabouts } from './whereabouts.tsx';

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
