import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { Schema } from '@tipple/api';
import { t } from '@/lib/messages.ts';
import { send } from '@/lib/send.ts';
import { useSending } from '@/lib/sending.ts';
import { card, quiet } from '@/ui/button.ts';
import { Said } from '@/ui/said.tsx';
import { Unread } from '@/ui/unread.tsx';
import { Bar } from '@/ui/waiting.tsx';
import { methods } from './requests.ts';

/** What the providers keep for the visitor to pay with. */
export function Methods() {
  const read = useQuery(methods);
  const { data, error } = read;
  const remove = useSending((method: string) =>
    send('delete', '/v1/payments/methods/{method}', { path: { method } }),
  );
  return (
    <section className={card}>
      <h2 className="mb-3 text-xl">{t('methods.title')}</h2>
      <Unread of={read} />
      {remove.error && (
        <p role="alert">
          <Said of={remove.error} />
        </p>
      )}
      {!data && !error && <Bar className="h-12 w-full" />}
      {data?.methods.length === 0 && (
        <p className="text-muted">
          {t('methods.none')}{' '}
          <Link to="/basket" className={quiet}>
            {t('offer.basket')}
          </Link>
        </p>
      )}
      <ul className="divide-y divide-hairline">
        {data?.methods.map((one) => (
          <li key={one.method} className="flex items-center justify-between gap-3 py-2">
            <p>{nameOf(one)}</p>
            <button
              type="button"
              onClick={() => remove.mutate(one.method)}
              aria-label={t('address.remove', { label: nameOf(one) })}
              className={quiet}
            >
              {t('coupon.remove')}
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}

function nameOf({ brand, kind, last_four, expired, expires }: Schema<'SavedMethod'>): string {
  const digits = last_four ? ` ···· ${last_four}` : '';
  return `${brand ?? kind}${digits}${expired && expires ? ` (${t('methods.expired', { month: expires })})` : ''}`;
}
