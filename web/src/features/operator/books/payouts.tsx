import { useQuery } from '@tanstack/react-query';
import { PayoutTable, rowsOf } from '@/features/books/payouts.tsx';
import { t } from '@/lib/messages.ts';
import { send } from '@/lib/send.ts';
import { useSending } from '@/lib/sending.ts';
import { whole } from '@/lib/whole.ts';
import { Empty } from '@/ui/empty.tsx';
import { Export } from '@/ui/export.tsx';
import { ProblemPage } from '@/ui/problem.tsx';
import { Stale } from '@/ui/stale.tsx';
import { Sure } from '@/ui/sure.tsx';
import { Bar } from '@/ui/waiting.tsx';
import { Books } from './books.tsx';

/** What is to be sent to vendors. */
export function Page(): React.ReactNode {
  const { data, error, refetch } = useQuery(whole('/v1/payments/payouts', { query: {} }));
  const { data: vendors } = useQuery(whole('/v1/catalogue/vendors', { query: {} }));
  const nameOf = (of: string) => vendors?.find(({ vendor }) => vendor === of)?.name ?? '';
  return (
    <Books>
      <p className="mt-4 max-w-prose text-muted">{t('books.payouts.text')}</p>
      <Stale error={data ? error : null} />
      {error && !data ? (
        <ProblemPage error={error} again={refetch} />
      ) : !data ? (
        <Bar className="mt-4 h-60 w-full" />
      ) : data.length === 0 ? (
        <Empty title={t('books.waiting.none')} text={t('books.waiting.none.text')} />
      ) : (
        <>
          <p className="mt-4 flex justify-end">
            <Export name="payouts" rows={() => rowsOf(data)} />
          </p>
          <PayoutTable
            payouts={data}
            whose={({ vendor }) => nameOf(vendor)}
            doing={({ payout, vendor }) => <Sent payout={payout} name={nameOf(vendor)} />}
          />
        </>
      )}
    </Books>
  );
}

function Sent({ payout, name }: { payout: string; name: string }) {
  const sent = useSending(() => send('post', '/v1/payments/payouts/{payout}/sent', { path: { payout } }));
  return (
    <Sure
      text={t('books.send')}
      label={t('books.sendTo', { name })}
      warning={t('books.send.text')}
      act={sent}
    />
  );
}
