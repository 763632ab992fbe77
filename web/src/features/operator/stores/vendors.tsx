import { Link } from '@tanstack/react-router';
import { t } from '@/lib/messages.ts';
import { send } from '@/lib/send.ts';
import { useSending } from '@/lib/sending.ts';
import { card } from '@/ui/button.ts';
import { Empty } from '@/ui/empty.tsx';
import { Field, Form } from '@/ui/form.tsx';
import { ProblemPage } from '@/ui/problem.tsx';
import { More, useList } from '../list.tsx';
import { Cell, ComingRows, covering, Row, Table } from '../table.tsx';

/** The businesses that own stores. */
export function Page(): React.ReactNode {
  const list = useList('/v1/catalogue/vendors', { query: { limit: 50 } });
  const add = useSending(({ name = '' }: Record<string, string>) =>
    send('post', '/v1/catalogue/vendors', { body: { name: name.trim() } }),
  );
  if (list.error && !list.items) return <ProblemPage error={list.error} again={list.again} />;
  return (
    <>
      <h1>{t('stores.vendors')}</h1>
      <section aria-labelledby="vendor-add" className={`${card} mt-4 max-w-xl`}>
        <h2 id="vendor-add" className="mb-3 text-xl">
          {t('stores.vendor.add')}
        </h2>
        <Form
          key={add.data?.vendor}
          send={add.mutate}
          busy={add.isPending}
          failed={add.error}
          submit={t('stores.add')}
        >
          <Field name="name" label={t('stores.name')} maxLength={200} autoComplete="off" required />
        </Form>
        <p role="status" className="mt-2 font-medium text-success empty:hidden">
          {add.data && t('stores.added', { name: add.data.name })}
        </p>
      </section>
      {list.items?.length === 0 ? (
        <Empty title={t('stores.vendors.none')} text={t('stores.vendors.none.text')} />
      ) : (
        <Table caption={t('stores.vendors')} columns={[{ name: t('stores.name') }]}>
          {list.items?.map(({ vendor, name }) => (
            <Row key={vendor}>
              <Cell>
                <Link to="/operator/vendors/$vendor" params={{ vendor }} className={covering}>
                  <bdi>{name}</bdi>
                </Link>
              </Cell>
            </Row>
          )) ?? <ComingRows columns={1} rows={5} />}
        </Table>
      )}
      <More list={list} />
    </>
  );
}
