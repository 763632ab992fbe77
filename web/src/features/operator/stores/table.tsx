import { Link } from '@tanstack/react-router';
import { t } from '@/lib/messages.ts';
import { Empty } from '@/ui/empty.tsx';
import { ProblemPage } from '@/ui/problem.tsx';
import { More, useList } from '../list.tsx';
import { Cell, ComingRows, covering, Row, Table } from '../table.tsx';

interface Shown {
  vendor?: string;
  active: 'true' | 'false' | 'any';
}

/** Stores, those that are switched off too. */
export function StoreTable({ vendor, active }: Shown) {
  const list = useList('/v1/catalogue/stores', { query: { limit: 50, vendor, active } });
  if (list.error && !list.items) return <ProblemPage error={list.error} again={list.again} />;
  if (list.items?.length === 0) {
    return <Empty title={t('stores.stores.none')} text={t('stores.stores.none.text')} />;
  }
  return (
    <>
      <Table
        caption={t('stores.list')}
        columns={[
          { name: t('stores.name') },
          { name: t('stores.vendor') },
          { name: t('stores.address') },
          { name: t('stores.licence') },
          { name: t('stores.state') },
        ]}
      >
        {list.items?.map((one) => (
          <Row key={one.store}>
            <Cell>
              <Link to="/operator/stores/$store" params={{ store: one.store }} className={covering}>
                <bdi>{one.name}</bdi>
              </Link>
            </Cell>
            <Cell name={t('stores.vendor')}>
              <bdi>{one.vendor_name}</bdi>
            </Cell>
            <Cell name={t('stores.address')}>
              <bdi>{one.address}</bdi>
            </Cell>
            <Cell name={t('stores.licence')}>
              <bdi>{one.licence_number}</bdi>
            </Cell>
            <Cell>
              <State active={one.active} open={one.open_now} />
            </Cell>
          </Row>
        )) ?? <ComingRows columns={5} />}
      </Table>
      <More list={list} />
    </>
  );
}

function State({ active, open }: { active: boolean; open: boolean }) {
  if (!active)
    return <span className="font-semibold whitespace-nowrap text-danger">✕ {t('stores.off')}</span>;
  return open ? (
    <span className="font-semibold whitespace-nowrap text-success">● {t('store.open')}</span>
  ) : (
    <span className="whitespace-nowrap text-muted">○ {t('store.closed')}</span>
  );
}
