import { useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import type { Schema } from '@tipple/api';
import { useState } from 'react';
import { number } from '@/lib/format.ts';
import { t } from '@/lib/messages.ts';
import { reading } from '@/lib/reading.ts';
import { send } from '@/lib/send.ts';
import { useSending } from '@/lib/sending.ts';
import { Empty } from '@/ui/empty.tsx';
import { ProblemPage } from '@/ui/problem.tsx';
import { Sure } from '@/ui/sure.tsx';
import { More, useList } from '../list.tsx';
import { Cell, ComingRows, Row, Table } from '../table.tsx';
import { useStores } from './fields.tsx';
import { Making } from './making.tsx';
import { PromotionForm } from './promotion-form.tsx';
import { Stands } from './stands.tsx';
import { rule, time } from './words.ts';

const route = getRouteApi('/operator/promotions');

/** What is cheaper without a code. */
export function Page(): React.ReactNode {
  const { making = false } = route.useSearch();
  const navigate = route.useNavigate();
  const [made, setMade] = useState('');
  const list = useList('/v1/cart/promotions', { query: { limit: 50 } });
  if (list.error && !list.items) return <ProblemPage error={list.error} again={list.again} />;
  const open = (making: boolean) => navigate({ search: making ? { making } : {}, replace: true });
  return (
    <>
      <Making making={making} open={open} text={t('offers.promotion.make')} made={made}>
        <PromotionForm
          made={({ terms }) => {
            setMade(t('offers.made', { name: terms.label, rule: rule(terms) }));
            void open(false);
          }}
        />
      </Making>
      {list.items?.length === 0 ? (
        <Empty title={t('offers.promotions.none')} text={t('offers.promotions.none.text')} />
      ) : (
        <Table
          caption={t('offers.promotions')}
          columns={[
            { name: t('offers.label') },
            { name: t('offers.gives') },
            { name: t('offers.when') },
            { name: t('offers.priority'), end: true },
            { name: t('offers.state') },
            { name: t('offers.end'), hidden: true },
          ]}
        >
          {list.items?.map((one) => <PromotionRow key={one.promotion} promotion={one} />) ?? (
            <ComingRows columns={6} rows={5} />
          )}
        </Table>
      )}
      <More list={list} />
    </>
  );
}

function PromotionRow({ promotion }: { promotion: Schema<'Promotion'> }) {
  const { promotion: id, terms, store, priority, active } = promotion;
  const end = useSending(() =>
    send('post', '/v1/cart/promotions/{promotion}/deactivate', { path: { promotion: id } }),
  );
  const where = useStores().find((one) => one.store === store)?.name ?? t('offers.store.one');
  const product = terms.scope.of === 'product' ? terms.scope.product : '';
  const { data: drink } = useQuery({
    ...reading('/v1/catalogue/products/{product}', { path: { product } }),
    enabled: product !== '',
  });
  return (
    <Row>
      <Cell>
        <bdi className="font-semibold">{terms.label}</bdi>
      </Cell>
      <Cell>
        {rule(terms, drink?.name)}
        <span className="block text-sm text-muted">{store ? where : t('offers.store.all')}</span>
      </Cell>
      <Cell name={t('offers.when')}>{time(promotion)}</Cell>
      <Cell name={t('offers.priority')} end>
        {number(priority)}
      </Cell>
      <Cell>
        <Stands of={promotion} />
      </Cell>
      <Cell end>
        {active && (
          <Sure
            text={t('offers.end')}
            label={t('offers.endOf', { name: terms.label })}
            warning={t('offers.end.text')}
            act={end}
          />
        )}
      </Cell>
    </Row>
  );
}
