import { useQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import { useState } from 'react';
import { Days } from '@/features/books/days.tsx';
import { VendorPayouts } from '@/features/books/payouts.tsx';
import { Statement } from '@/features/books/statement.tsx';
import { spanOf } from '@/lib/days.ts';
import { t } from '@/lib/messages.ts';
import { reading } from '@/lib/reading.ts';
import { send } from '@/lib/send.ts';
import { useSending } from '@/lib/sending.ts';
import { asTyped } from '@/lib/typed.ts';
import { whole } from '@/lib/whole.ts';
import { quiet } from '@/ui/button.ts';
import { Empty } from '@/ui/empty.tsx';
import { ProblemPage } from '@/ui/problem.tsx';
import { Select } from '@/ui/select.tsx';
import { Stale } from '@/ui/stale.tsx';
import { Sure } from '@/ui/sure.tsx';
import { Bar } from '@/ui/waiting.tsx';
import { Books } from './books.tsx';

const route = getRouteApi('/operator/books/statements');

/** What is owed to a vendor, and what it was paid. */
export function Page(): React.ReactNode {
  const chosen = route.useSearch();
  const navigate = route.useNavigate();
  const vendors = useQuery(whole('/v1/catalogue/vendors', { query: {} }));
  const stores = useQuery(whole('/v1/catalogue/stores', { query: {} }));
  const vendor = chosen.vendor ?? vendors.data?.[0]?.vendor;
  const currencies = [...new Set(stores.data?.map(({ currency }) => currency))].sort();
  const own = stores.data?.find((one) => one.vendor === vendor)?.currency ?? currencies[0];
  const currency = chosen.currency ?? own;
  const span = spanOf(chosen, 'UTC');
  const choose = (next: typeof chosen) => void navigate({ search: { ...chosen, ...next } });
  const type = (days: typeof chosen) => void navigate({ search: { ...chosen, ...days }, ...asTyped });
  const failed = [vendors, stores].find(({ data, error }) => error && !data);
  if (failed?.error) {
    return (
      <Books>
        <ProblemPage error={failed.error} again={failed.refetch} />
      </Books>
    );
  }
  if (vendors.data?.length === 0) {
    return (
      <Books>
        <Empty title={t('books.vendors.none')} text={t('books.vendors.text')} />
      </Books>
    );
  }
  return (
    <Books>
      <Stale error={vendors.error ?? stores.error} />
      <search className="mt-4 flex flex-wrap items-end gap-x-4 gap-y-3">
        <Select
          name={t('books.vendor')}
          value={vendor ?? ''}
          choices={(vendors.data ?? []).map((one) => [one.vendor, one.name] as const)}
          choose={(vendor) => choose({ vendor, currency: undefined })}
        />
        {currencies.length > 1 && (
          <Select
            name={t('books.currency')}
            value={currency ?? ''}
            choices={currencies.map((one) => [one, one] as const)}
            choose={(currency) => choose({ currency })}
          />
        )}
        <Days {...span} type={type} />
      </search>
      {stores.data && !currency ? (
        <p className="mt-4 text-muted">{t('books.statement.none')}</p>
      ) : !vendor || !currency ? (
        <Bar className="mt-4 h-96 w-full" />
      ) : (
        <>
          <h2 className="mt-6 text-xl">{t('books.statement')}</h2>
          <Statement asked={{ vendor, currency, ...span }} />
          <h2 className="mt-8 text-xl">{t('books.payouts')}</h2>
          <VendorPayouts vendor={vendor} />
          <Draw key={`${vendor} ${currency}`} vendor={vendor} currency={currency} />
        </>
      )}
    </Books>
  );
}

/** A payout before it is due. */
function Draw({ vendor, currency }: { vendor: string; currency: string }) {
  // The same until it has worked, so that nobody is paid twice for an answer that was lost.
  const [key, setKey] = useState(() => crypto.randomUUID());
  const draw = useSending(
    () =>
      send('post', '/v1/payments/vendors/{vendor}/payouts', {
        path: { vendor },
        header: { 'idempotency-key': key },
        body: { currency },
      }),
    () => setKey(crypto.randomUUID()),
  );
  const terms = useQuery(reading('/v1/payments/vendors/{vendor}/terms', { path: { vendor } }));
  if (terms.error?.problem?.status === 404) {
    return (
      <p className="mt-4 max-w-prose">
        {t('books.draw.terms')}{' '}
        <Link to="/operator/vendors/$vendor" params={{ vendor }} className={quiet}>
          {t('books.draw.set')}
        </Link>
      </p>
    );
  }
  return (
    <div className="mt-4">
      <Sure key={key} text={t('books.draw')} warning={t('books.draw.text', { currency })} act={draw} />
    </div>
  );
}
