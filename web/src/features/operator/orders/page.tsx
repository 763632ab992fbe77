import { getRouteApi, Link } from '@tanstack/react-router';
import type { Schema } from '@tipple/api';
import { moment, money } from '@/lib/format.ts';
import { t, word } from '@/lib/messages.ts';
import { secondary } from '@/ui/button.ts';
import { Empty } from '@/ui/empty.tsx';
import { ProblemPage } from '@/ui/problem.tsx';
import { More, useList } from '../list.tsx';
import { Select } from '../select.tsx';
import { Cell, ComingRows, covering, Row, Table } from '../table.tsx';
import { type State as OrderState, STATES } from './route.ts';
import { State } from './state.tsx';

const route = getRouteApi('/operator/orders');

/** Everyone's orders, the newest first. */
export function Page(): React.ReactNode {
  const { state, number } = route.useSearch();
  const list = useList('/v1/orders/all', { query: { limit: 50, state, number } });
  if (list.error && !list.items) return <ProblemPage error={list.error} again={list.again} />;
  return (
    <>
      <h1>{t('operator.orders')}</h1>
      <Filter state={state} number={number} />
      {list.items?.length === 0 ? (
        <Empty title={t('handling.orders.none')} text={t('handling.orders.none.text')}>
          {(state || number) && (
            <Link to="/operator/orders" className={secondary}>
              {t('handling.orders.all')}
            </Link>
          )}
        </Empty>
      ) : (
        <Table
          caption={t('operator.orders')}
          columns={[
            { name: t('handling.number') },
            { name: t('operator.state') },
            { name: t('operator.store') },
            { name: t('handling.recipient') },
            { name: t('handling.placed') },
            { name: t('handling.total'), end: true },
          ]}
        >
          {list.items?.map((order) => <OrderRow key={order.order} order={order} />) ?? (
            <ComingRows columns={6} />
          )}
        </Table>
      )}
      <More list={list} />
    </>
  );
}

function Filter({ state, number }: { state?: OrderState; number?: string }) {
  const navigate = route.useNavigate();
  return (
    <div className="mt-4 flex flex-wrap items-center gap-x-6 gap-y-2">
      <search>
        <form
          onSubmit={(event) => {
            event.preventDefault();
            const typed = String(new FormData(event.currentTarget).get('number') ?? '').trim();
            navigate({ search: { state, number: typed || undefined }, replace: true });
          }}
        >
          <input
            key={number}
            type="search"
            name="number"
            aria-label={t('handling.find')}
            placeholder={t('handling.find')}
            defaultValue={number}
            maxLength={20}
            autoComplete="off"
            className="h-11 w-64 max-w-full rounded-pill border border-control bg-surface px-4"
          />
        </form>
      </search>
      <Select
        name={t('operator.state')}
        value={state ?? ''}
        choices={[
          ['', t('operator.state.any')],
          ...STATES.map((one): [string, string] => [one, word('state', one)]),
        ]}
        choose={(one) =>
          navigate({ search: { number, state: (one || undefined) as OrderState }, replace: true })
        }
      />
    </div>
  );
}

function OrderRow({ order }: { order: Schema<'OrderSummary'> }) {
  return (
    <Row>
      <Cell>
        <Link to="/operator/orders/$order" params={{ order: order.order }} className={covering}>
          {order.number}
        </Link>
      </Cell>
      <Cell>
        <State state={order.state} />
      </Cell>
      <Cell name={t('operator.store')}>{order.store.name}</Cell>
      <Cell name={t('handling.recipient')}>
        <bdi>{order.recipient}</bdi>
      </Cell>
      <Cell name={t('handling.placed')}>{moment(order.placed_at, order.store.time_zone)}</Cell>
      <Cell name={t('handling.total')} end>
        {money(order.total)}
        {order.refund.amount > 0 && (
          <span className="block text-sm text-muted">
            {t('handling.refunded', { amount: money(order.refund) })}
          </span>
        )}
      </Cell>
    </Row>
  );
}
