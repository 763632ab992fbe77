import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { t } from '@/lib/messages.ts';
import { send, useSending } from '@/lib/sending.ts';
import { card, quiet } from '@/ui/button.ts';
import { said } from '@/ui/form.tsx';
import { Bar } from '@/ui/waiting.tsx';
import { AddressForm } from './address-form.tsx';
import { addresses } from './requests.ts';

export function Addresses() {
  const { data, error } = useQuery(addresses);
  const [adding, setAdding] = useState(false);
  const remove = useSending((address: string) =>
    send('delete', '/v1/accounts/addresses/{address}', { path: { address } }),
  );
  return (
    <section className={card}>
      <h2 className="mb-3 text-xl">{t('address.title')}</h2>
      {(error ?? remove.error) && <p role="alert">{said((error ?? remove.error) as Error)}</p>}
      {!data && !error && <Bar className="h-32 w-full" />}
      {data?.items.length === 0 && <p className="text-muted">{t('address.none')}</p>}
      <ul className="divide-y divide-hairline">
        {data?.items.map((one) => (
          <li key={one.id} className="flex items-center justify-between gap-3 py-2">
            <div>
              <p className="font-medium">{one.label}</p>
              <p className="text-muted [overflow-wrap:anywhere]">
                <bdi>
                  {one.recipient}, {one.address}
                </bdi>
              </p>
            </div>
            <button
              type="button"
              onClick={() => remove.mutate(one.id)}
              aria-label={t('address.remove', { label: one.label })}
              className={quiet}
            >
              {t('coupon.remove')}
            </button>
          </li>
        ))}
      </ul>
      {adding ? (
        <AddressForm done={() => setAdding(false)} />
      ) : (
        <button type="button" onClick={() => setAdding(true)} className={quiet}>
          {t('door.add')}
        </button>
      )}
    </section>
  );
}
