import { getRouteApi, Link } from '@tanstack/react-router';
import type { Schema } from '@tipple/api';
import { t, word } from '@/lib/messages.ts';
import { card } from '@/ui/button.ts';
import { Empty } from '@/ui/empty.tsx';
import { ProblemPage } from '@/ui/problem.tsx';
import { Select } from '@/ui/select.tsx';
import { Bar } from '@/ui/waiting.tsx';
import { More, useList } from '../list.tsx';
import { Refund } from './refund.tsx';
import { STANDINGS, type Standing } from './route.ts';

const route = getRouteApi('/operator/refunds');

/** Refunds that people asked for; at first those that wait for a second person. */
export function Page(): React.ReactNode {
  const { state = 'waiting' } = route.useSearch();
  const navigate = route.useNavigate();
  const asked = state === 'all' ? undefined : state;
  const list = useList('/v1/payments/refunds', { query: { state: asked } });
  if (list.error && !list.items) return <ProblemPage error={list.error} again={list.again} />;
  return (
    <>
      <h1>{t('operator.refunds')}</h1>
      <div className="mt-4">
        <Select
          name={t('operator.state')}
          value={state}
          choices={STANDINGS.map((one) => [one, word('standing', one)])}
          choose={(one) => navigate({ search: { state: one as Standing } })}
        />
      </div>
      {list.items?.length === 0 && (
        <Empty title={t('handling.refunds.none')} text={t('handling.refunds.none.text')} />
      )}
      {!list.items && <Bar className="mt-4 h-32 w-full" />}
      <ul className="mt-4 grid gap-4 lg:grid-cols-2">
        {list.items?.map((one) => (
          <li key={one.refund} className={card}>
            <OrderOf refund={one} />
            <Refund refund={one} />
          </li>
        ))}
      </ul>
      <More list={list} />
    </>
  );
}

/** The order that it is money of. */
function OrderOf({ refund: { order } }: { refund: Schema<'PaymentsRefund'> }) {
  return (
    <Link
      to="/operator/orders/$order"
      params={{ order }}
      className="inline-flex min-h-11 items-center font-medium text-brand underline underline-offset-4"
    >
      {t('handling.refund.order')}
    </Link>
  );
}
