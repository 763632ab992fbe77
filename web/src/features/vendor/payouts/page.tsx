import { getRouteApi } from '@tanstack/react-router';
import { Days } from '@/features/books/days.tsx';
import { VendorPayouts } from '@/features/books/payouts.tsx';
import { Statement } from '@/features/books/statement.tsx';
import { spanOf } from '@/lib/days.ts';
import { t } from '@/lib/messages.ts';
import { asTyped } from '@/lib/typed.ts';
import { Empty } from '@/ui/empty.tsx';
import { useMay, useStore } from '../stores.ts';

const route = getRouteApi('/vendor/payouts');

/** What the business that owns the store is owed and was paid, for those who run it. */
export function Page(): React.ReactNode {
  const chosen = route.useSearch();
  const navigate = route.useNavigate();
  const { vendor, vendor_name: name, currency } = useStore();
  const decides = useMay()('payouts');
  const span = spanOf(chosen, 'UTC');
  return (
    <>
      <h1>{t('books.payouts')}</h1>
      {!decides ? (
        <Empty title={t('books.managers')} text={t('books.managers.text')} />
      ) : (
        <>
          <p className="mt-2 text-muted">
            <bdi>{name}</bdi>
          </p>
          <VendorPayouts vendor={vendor} />
          <h2 className="mt-8 text-xl">{t('books.statement')}</h2>
          <search className="mt-3 flex flex-wrap items-end gap-x-4 gap-y-3">
            <Days {...span} type={(search) => void navigate({ search, ...asTyped })} />
          </search>
          <Statement asked={{ vendor, currency, ...span }} />
        </>
      )}
    </>
  );
}
