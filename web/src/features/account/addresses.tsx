import { useQuery } from '@tanstack/react-query';
import type { Schema } from '@tipple/api';
import { useState } from 'react';
import { t } from '@/lib/messages.ts';
import { send } from '@/lib/send.ts';
import { useSending } from '@/lib/sending.ts';
import { card, quiet } from '@/ui/button.ts';
import { Said } from '@/ui/said.tsx';
import { Unread } from '@/ui/unread.tsx';
import { Bar } from '@/ui/waiting.tsx';
import { AddressForm } from './address-later.tsx';
import { addresses } from './requests.ts';

type Address = Schema<'Address'>;

/** Where the visitor has things brought to: added, changed, removed, and put back. */
export function Addresses() {
  const read = useQuery(addresses);
  const { data, error } = read;
  // Which one is open: none of them, a new one, or the one with this id.
  const [open, setOpen] = useState<'new' | string>();
  const [gone, setGone] = useState<Address>();
  const remove = useSending(
    ({ id }: Address) => send('delete', '/v1/accounts/addresses/{address}', { path: { address: id } }),
    (_, removed) => setGone(removed),
  );
  const back = useSending(putBack, () => setGone(undefined));
  const failed = remove.error ?? back.error;
  const close = () => setOpen(undefined);
  return (
    <section className={card}>
      <h2 className="mb-3 text-xl">{t('address.title')}</h2>
      <Unread of={read} />
      {failed && (
        <p role="alert">
          <Said of={failed} />
        </p>
      )}
      {!data && !error && <Bar className="h-32 w-full" />}
      {data?.items.length === 0 && <p className="text-muted">{t('address.none')}</p>}
      <ul className="divide-y divide-hairline">
        {data?.items.map((one) => (
          <li key={one.id} className="py-2">
            <One address={one} change={() => setOpen(one.id)} remove={() => remove.mutate(one)} />
            {open === one.id && (
              <>
                <AddressForm of={one} done={close} opened />
                <button type="button" onClick={close} className={`${quiet} mt-2`}>
                  {t('address.leave')}
                </button>
              </>
            )}
          </li>
        ))}
      </ul>
      <p role="status" className="flex flex-wrap items-center gap-x-3 empty:hidden">
        {gone && t('address.removed', { label: gone.label })}
        {gone && (
          <button
            type="button"
            aria-busy={back.isPending}
            onClick={() => back.mutate(gone)}
            className={quiet}
          >
            {t('address.undo')}
          </button>
        )}
      </p>
      {open === 'new' ? (
        <AddressForm done={close} opened />
      ) : (
        <button type="button" onClick={() => setOpen('new')} className={quiet}>
          {t('door.add')}
        </button>
      )}
    </section>
  );
}

interface Shown {
  address: Address;
  change: () => void;
  remove: () => void;
}

function One({ address: { label, recipient, address }, change, remove }: Shown) {
  return (
    <div className="flex items-center justify-between gap-3">
      <div className="min-w-0">
        <p className="font-medium [overflow-wrap:anywhere]">{label}</p>
        <p className="text-muted [overflow-wrap:anywhere]">
          <bdi>{recipient}</bdi>, <bdi>{address}</bdi>
        </p>
      </div>
      <p className="flex flex-wrap justify-end gap-x-3">
        <button type="button" onClick={change} aria-label={t('address.change', { label })} className={quiet}>
          {t('address.change.short')}
        </button>
        <button type="button" onClick={remove} aria-label={t('address.remove', { label })} className={quiet}>
          {t('coupon.remove')}
        </button>
      </p>
    </div>
  );
}

/** The same once more, under another id. */
const putBack = ({ label, recipient, address, instructions, kind, place, is_default }: Address) =>
  send('post', '/v1/accounts/addresses', {
    body: { label, recipient, address, instructions, kind, place, is_default },
  });
