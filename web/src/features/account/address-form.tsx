import type { Schema } from '@tipple/api';
import { t } from '@/lib/messages.ts';
import { ifMatch, send } from '@/lib/send.ts';
import { useSending } from '@/lib/sending.ts';
import { Choice, Field, Form } from '@/ui/form.tsx';
import { Whereabouts } from './whereabouts.tsx';

const KINDS = ['home', 'office', 'hotel', 'campus', 'hostel', 'hospital', 'other'] as const;

export interface Shown {
  /** The one that is changed; none for a new one. */
  of?: Schema<'Address'>;
  done: (kept: Schema<'Address'>) => void;
  /** Whether a button was pressed for it, which has gone or stands above: one goes on in it. */
  opened?: boolean;
}

/** An address, with the place of its door on the Earth, which decides what the law allows there. */
export function Page({ of, done, opened }: Shown): React.ReactNode {
  const keep = useSending(
    ({ label = '', recipient = '', address = '', instructions, kind, lat, lon }: Record<string, string>) => {
      const body = {
        label,
        recipient,
        address,
        instructions,
        kind: kind as Schema<'AddressKind'>,
        place: { lat: Number(lat), lon: Number(lon) },
        is_default: of?.is_default,
      };
      if (!of) return send('post', '/v1/accounts/addresses', { body });
      return send('put', '/v1/accounts/addresses/{address}', {
        path: { address: of.id },
        header: ifMatch(of.version),
        body,
      });
    },
    done,
  );
  return (
    <Form
      send={keep.mutate}
      busy={keep.isPending}
      failed={keep.error}
      submit={t(of ? 'address.changed' : 'address.save')}
      className="mt-4 max-w-md"
    >
      <Field
        name="label"
        label={t('address.label')}
        hint={t('address.label.hint')}
        maxLength={60}
        defaultValue={of?.label}
        autoFocus={opened}
        required
      />
      <Field
        name="recipient"
        label={t('address.recipient')}
        hint={t('address.recipient.hint')}
        autoComplete="name"
        maxLength={100}
        defaultValue={of?.recipient}
        required
      />
      <Field
        name="address"
        label={t('address.address')}
        autoComplete="street-address"
        maxLength={300}
        defaultValue={of?.address}
        required
      />
      <Choice
        name="kind"
        label={t('address.kind')}
        choices={KINDS.map((kind) => [kind, t(`address.kind.${kind}`)])}
        defaultValue={of ? (of.kind ?? 'other') : undefined}
      />
      <Field
        name="instructions"
        label={t('address.instructions')}
        maxLength={500}
        defaultValue={of?.instructions}
      />
      <Whereabouts at={of?.place} />
    </Form>
  );
}
