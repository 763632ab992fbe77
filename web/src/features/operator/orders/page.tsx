import { useQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import type { Schema } from '@tipple/api';
import { shifted } from '@/lib/days.ts';
import { moment, money } from '@/lib/format.ts';
import { t } from '@/lib/messages.ts';
import { secondary } from '@/ui/button.ts';
import { Empty } from '@/ui/empty.tsx';
import { ProblemPage } from '@/ui/problem.tsx';
import { More, useList } from '../list.tsx';
import { everyStore } from '../stores.ts';
import { Cell, ComingRows, covering, Row, Table } from '../table.tsx';
import { instant } from '../what-if/instant.ts';
import { Filter } from './filter.tsx';
import type { Asked } from './route.ts';
import { State } from './state.tsx';

const route = getRouteApi('/operator/orders');

/** Everyone's orders, the newest first. */
export function Page(): React.ReactNode {
  const asked = route.useSearch();
  const list = useList('/v1/orders/all', { query: { limit: 50, ...useAsked(asked) } });
  if (list.error && !list.items) return <ProblemPage error={list.error} again={list.again} />;
  return (
    <>
      <h1>{t('operator.orders')}</h1>
      <Filter asked={asked} />
      {list.items?.length === 0 ? (
        <Empty title={t('handling.orders.none')} text={t('handling.orders.none.text')}>
          {Object.keys(asked).length > 0 && (
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

/** As the house takes it: whole days of the store's calendar, else of the reader's. */
function useAsked({ from, to, ...asked }: Asked) {
  const { data: stores } = useQuery(everyStore);
  const zone =
    stores?.find(({ store }) => store === asked.store)?.time_zone ??
    Intl.DateTimeFormat().resolvedOptions().timeZone;
  return {
    ...asked,
    from: from && instant(`${from}T00:00`, zone),
    until: to && instant(`${shifted(to, 1)}T00:00`, zone),
  };
}

function OrderRow({ order }: { order: Schema<'OrderSummary'> }) {
  return (
    <Row>
      <Cell>
        <Link
          to="/operator/orders/$order"
          params={{ order: order.order }}
          className={`${covering} whitespace-nowrap`}
        >
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
        <span className="whitespace-nowrap">{money(order.total)}</span>
        {order.refund.amount > 0 && (
          <span className="block text-sm text-muted">
            {t('handling.refunded', { amount: money(order.refund) })}
          </span>
        )}
      </Cell>
    </Row>
  );
}
