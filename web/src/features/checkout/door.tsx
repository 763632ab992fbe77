import { useQuery } from '@tanstack/react-query';
import type { Schema } from '@tipple/api';
import { useState } from 'react';
import { AddressForm } from '@/features/account/address-later.tsx';
import { addresses } from '@/features/account/requests.ts';
import { t } from '@/lib/messages.ts';
import { send } from '@/lib/send.ts';
import { useSending } from '@/lib/sending.ts';
import { card, legend, quiet } from '@/ui/button.ts';
import { Said } from '@/ui/said.tsx';
import { Bar } from '@/ui/waiting.tsx';

/** Where it goes: one of the addresses that are kept, or a new one. */
export function Door({ cart }: { cart: Schema<'CartPage'> }) {
  const { data, error } = useQuery(addresses);
  const [adding, setAdding] = useState(false);
  // As it was pressed, while the house hears of it.
  const [picked, setPicked] = useState<string>();
  const put = useSending((destination: Schema<'Destination'>) =>
    send('put', '/v1/cart/carts/{cart}/destination', { path: { cart: cart.cart }, body: destination }),
  );
  const failed = error ?? put.error;
  const known = data?.items ?? [];
  const none = data && known.length === 0;
  // The address was changed or removed since: it goes where it was said, until somebody says otherwise.
  const before = data && !picked && !known.some((one) => same(cart.destination, one)) && cart.destination;
  return (
    <fieldset className={card}>
      <legend className={legend}>{t('door.title')}</legend>
      {!data && !error && <Bar className="h-24 w-full" />}
      <div className="clear-both space-y-2 pt-3">
        {known.map((one) => (
          <One
            key={one.id}
            label={one.label}
            to={one}
            checked={picked ? picked === one.id : same(cart.destination, one)}
            choose={() => {
              setPicked(one.id);
              put.mutate(destinationOf(one), { onError: () => setPicked(undefined) });
            }}
          />
        ))}
        {before && <One label={t('door.before')} to={before} checked />}
      </div>
      {failed && (
        <p role="alert" className="mt-2 text-danger">
          <Said of={failed} />
        </p>
      )}
      {adding || none ? (
        <AddressForm
          opened={adding}
          done={(added) => {
            setAdding(false);
            setPicked(added.id);
            put.mutate(destinationOf(added));
          }}
        />
      ) : (
        <button type="button" onClick={() => setAdding(true)} className={quiet}>
          {t('door.add')}
        </button>
      )}
    </fieldset>
  );
}

interface Shown {
  label: string;
  to: Pick<Schema<'Address'>, 'recipient' | 'address'>;
  checked: boolean;
  /** What is chosen already needs no choosing. */
  choose?: () => void;
}

function One({ label, to: { recipient, address }, checked, choose }: Shown) {
  return (
    <label className="flex cursor-pointer items-start gap-3 rounded-sm border border-hairline p-3 has-checked:border-brand has-checked:bg-brand-soft">
      <input
        type="radio"
        name="door"
        className="mt-1 size-5 accent-brand"
        checked={checked}
        readOnly={!choose}
        onChange={choose}
      />
      <span>
        <span className="block font-medium">{label}</span>
        <span className="block [overflow-wrap:anywhere]">
          <bdi>{recipient}</bdi>, <bdi>{address}</bdi>
        </span>
      </span>
    </label>
  );
}

function destinationOf({ recipient, address, place, instructions, kind }: Schema<'Address'>) {
  return { recipient, address, place, instructions, ...(kind && { kind }) };
}

/** In all of it: an address that was changed since is another one, and can be chosen anew. */
function same(destination: Schema<'Destination'> | null | undefined, one: Schema<'Address'>): boolean {
  if (!destination) return false;
  const { recipient, address, place, instructions = '', kind } = destinationOf(one);
  const { lat, lon } = destination.place;
  return (
    recipient === destination.recipient &&
    address === destination.address &&
    instructions === (destination.instructions ?? '') &&
    kind === (destination.kind ?? undefined) &&
    place.lat === lat &&
    place.lon === lon
  );
}
