import { useQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import type { Schema } from '@tipple/api';
import { t } from '@/lib/messages.ts';
import { ifMatch, send } from '@/lib/send.ts';
import { useSending } from '@/lib/sending.ts';
import { whole } from '@/lib/whole.ts';
import { card, primary, quiet } from '@/ui/button.ts';
import { Field, Form } from '@/ui/form.tsx';
import { type Hands, Held } from '@/ui/held.tsx';
import { Missing } from '@/ui/missing.tsx';
import { ProblemPage } from '@/ui/problem.tsx';
import { Stale } from '@/ui/stale.tsx';
import { Bar } from '@/ui/waiting.tsx';
import { StoreTable } from './table.tsx';
import { Terms } from './terms.tsx';

const route = getRouteApi('/operator/vendors/$vendor');

/** One business: its name, its terms, its stores. */
export function Page(): React.ReactNode {
  const { vendor } = route.useParams();
  const { data, error, refetch } = useQuery(whole('/v1/catalogue/vendors', { query: {} }));
  const found = data?.find((one) => one.vendor === vendor);
  if (error && !data) return <ProblemPage error={error} again={refetch} />;
  if (data && !found) return <Missing />;
  if (!found) return <Bar className="h-[60vh] w-full" />;
  return (
    <>
      <p>
        <Link to="/operator/vendors" className={quiet}>
          {t('stores.vendors.all')}
        </Link>
      </p>
      <h1 className="mt-2">
        <bdi>{found.name}</bdi>
      </h1>
      <Stale error={error} />
      <div className="mt-6 grid items-start gap-6 xl:grid-cols-2">
        <section aria-labelledby="vendor-name" className={card}>
          <h2 id="vendor-name" className="mb-3 text-xl">
            {t('stores.rename')}
          </h2>
          <Held read={found} decided={({ name }) => name}>
            {(held, hands) => <Name vendor={held} {...hands} />}
          </Held>
        </section>
        <Terms vendor={vendor} />
      </div>
      <div className="mt-8 flex flex-wrap items-center justify-between gap-3">
        <h2 className="text-xl">{t('stores.list')}</h2>
        <Link to="/operator/stores/new" search={{ vendor }} className={primary}>
          {t('stores.new')}
        </Link>
      </div>
      <StoreTable vendor={vendor} active="any" />
      <p className="mt-4">
        <Link to="/operator/books/statements" search={{ vendor }} className={quiet}>
          {t('stores.money')}
        </Link>
      </p>
    </>
  );
}

type Vendor = Schema<'VendorView'>;

function Name({ vendor, over, done }: { vendor: Vendor } & Hands<Vendor>) {
  const rename = useSending(
    ({ name = '' }: Record<string, string>) =>
      send('put', '/v1/catalogue/vendors/{vendor}', {
        path: { vendor: vendor.vendor },
        header: ifMatch(over.version),
        body: { name: name.trim() },
      }),
    done,
  );
  return (
    <Form send={rename.mutate} busy={rename.isPending} failed={rename.error} submit={t('stores.save')}>
      <Field
        name="name"
        label={t('stores.name')}
        defaultValue={vendor.name}
        maxLength={200}
        autoComplete="off"
        required
      />
    </Form>
  );
}
