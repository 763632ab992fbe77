import { getRouteApi } from '@tanstack/react-router';
import type { Schema } from '@tipple/api';
import { useState } from 'react';
import { number } from '@/lib/format.ts';
import { t } from '@/lib/messages.ts';
import { send } from '@/lib/send.ts';
import { useSending } from '@/lib/sending.ts';
import { Empty } from '@/ui/empty.tsx';
import { ProblemPage } from '@/ui/problem.tsx';
import { Sure } from '@/ui/sure.tsx';
import { More, useList } from '../list.tsx';
import { Cell, ComingRows, Row, Table } from '../table.tsx';
import { CouponForm } from './coupon-form.tsx';
import { useStores } from './fields.tsx';
import { Making } from './making.tsx';
import { Stands } from './stands.tsx';
import { often, rule, time } from './words.ts';

const route = getRouteApi('/operator/coupons');

/** Codes that take something off. */
export function Page(): React.ReactNode {
  const { making = false } = route.useSearch();
  const navigate = route.useNavigate();
  const [made, setMade] = useState('');
  const list = useList('/v1/cart/coupons', { query: { limit: 50 } });
  if (list.error && !list.items) return <ProblemPage error={list.error} again={list.again} />;
  const open = (making: boolean) => navigate({ search: making ? { making } : {}, replace: true });
  return (
    <>
      <Making making={making} open={open} text={t('offers.coupon.make')} made={made}>
        <CouponForm
          made={({ code, terms }) => {
            setMade(t('offers.made', { name: code, rule: rule(terms) }));
            void open(false);
          }}
        />
      </Making>
      {list.items?.length === 0 ? (
        <Empty title={t('offers.coupons.none')} text={t('offers.coupons.none.text')} />
      ) : (
        <Table
          caption={t('offers.coupons')}
          columns={[
            { name: t('offers.code') },
            { name: t('offers.gives') },
            { name: t('offers.when') },
            { name: t('offers.used'), end: true },
            { name: t('offers.state') },
            { name: t('offers.end'), hidden: true },
          ]}
        >
          {list.items?.map((coupon) => <CouponRow key={coupon.code} coupon={coupon} />) ?? (
            <ComingRows columns={6} rows={5} />
          )}
        </Table>
      )}
      <More list={list} />
    </>
  );
}

function CouponRow({ coupon }: { coupon: Schema<'Coupon'> }) {
  const { code, terms, store, used, max_uses, active } = coupon;
  const end = useSending(() => send('post', '/v1/cart/coupons/{code}/deactivate', { path: { code } }));
  const where = useStores().find((one) => one.store === store)?.name ?? t('offers.store.one');
  return (
    <Row>
      <Cell>
        <bdi className="font-semibold">{code}</bdi>
      </Cell>
      <Cell>
        {rule(terms)}
        <span className="block text-sm text-muted">
          {[store ? where : t('offers.store.all'), often(coupon)].filter(Boolean).join(' · ')}
        </span>
      </Cell>
      <Cell name={t('offers.when')}>{time(coupon)}</Cell>
      <Cell name={t('offers.used')} end>
        {max_uses ? t('offers.used.of', { n: number(used), of: number(max_uses) }) : number(used)}
      </Cell>
      <Cell>
        <Stands of={coupon} />
      </Cell>
      <Cell end>
        {active && (
          <Sure
            text={t('offers.end')}
            label={t('offers.endOf', { name: code })}
            warning={t('offers.end.text')}
            act={end}
          />
        )}
      </Cell>
    </Row>
  );
}
