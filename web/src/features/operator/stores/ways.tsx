import { useQuery } from '@tanstack/react-query';
import type { Schema } from '@tipple/api';
import { t, word } from '@/lib/messages.ts';
import { reading } from '@/lib/reading.ts';
import { send } from '@/lib/send.ts';
import { useSending } from '@/lib/sending.ts';
import { whole } from '@/lib/whole.ts';
import { card } from '@/ui/button.ts';
import { Empty } from '@/ui/empty.tsx';
import { ProblemPage } from '@/ui/problem.tsx';
import { Sure } from '@/ui/sure.tsx';
import { More, useList } from '../list.tsx';
import { Cell, ComingRows, Row, Table } from '../table.tsx';
import { WayForm } from './way-form.tsx';

/** With which accounts at providers customers can pay, and where. */
export function Page(): React.ReactNode {
  const list = useList('/v1/payments/ways', { query: { limit: 50 } });
  const accounts = useQuery(reading('/v1/payments/accounts', {}));
  if (list.error && !list.items) return <ProblemPage error={list.error} again={list.again} />;
  return (
    <>
      <h1>{t('stores.ways')}</h1>
      <p className="mt-2 max-w-prose text-muted">{t('stores.ways.text')}</p>
      {accounts.data && accounts.data.items.length > 0 && (
        <section aria-labelledby="way-new" className={`${card} mt-4`}>
          <h2 id="way-new" className="mb-3 text-xl">
            {t('stores.way.new')}
          </h2>
          <WayForm accounts={accounts.data.items} />
        </section>
      )}
      {list.items?.length === 0 ? (
        <Empty title={t('stores.ways.none')} text={t('stores.ways.none.text')} />
      ) : (
        <Table
          caption={t('stores.ways')}
          columns={[
            { name: t('stores.way.label') },
            { name: t('stores.way.account') },
            { name: t('stores.way.where') },
            { name: t('stores.way.for') },
            { name: t('stores.state') },
            { name: t('stores.way.remove'), hidden: true },
          ]}
        >
          {list.items?.map((way) => <WayRow key={way.id} way={way} />) ?? <ComingRows columns={6} rows={3} />}
        </Table>
      )}
      <More list={list} />
    </>
  );
}

function WayRow({ way }: { way: Schema<'WayView'> }) {
  const { data: stores } = useQuery(whole('/v1/catalogue/stores', { query: { active: 'any' } }));
  const remove = useSending(() => send('delete', '/v1/payments/ways/{way}', { path: { way: way.id } }));
  const where = way.store
    ? (stores?.find(({ store }) => store === way.store)?.name ?? '')
    : t('stores.everywhere');
  const only = [...way.classes.map((one) => word('class', one)), ...way.currencies];
  return (
    <Row>
      <Cell>
        <bdi className="font-semibold">{way.label}</bdi>
      </Cell>
      <Cell name={t('stores.way.account')}>
        {way.way}
        {!way.known && <span className="block text-sm text-danger">{t('stores.way.unknown')}</span>}
      </Cell>
      <Cell name={t('stores.way.where')}>
        <bdi>{where}</bdi>
      </Cell>
      <Cell name={t('stores.way.for')}>{only.length > 0 ? only.join(', ') : t('stores.way.all')}</Cell>
      <Cell>{t(way.active ? 'stores.way.on' : 'stores.way.off')}</Cell>
      <Cell end>
        <Sure
          text={t('stores.way.remove')}
          label={t('stores.way.removeOf', { name: way.label })}
          warning={t('stores.way.remove.text')}
          act={remove}
        />
      </Cell>
    </Row>
  );
}
