import { getRouteApi, Link } from '@tanstack/react-router';
import { moment, number } from '@/lib/format.ts';
import { t } from '@/lib/messages.ts';
import { Empty } from '@/ui/empty.tsx';
import { ProblemPage } from '@/ui/problem.tsx';
import { More, useList } from '../list.tsx';
import { Cell, ComingRows, covering, Row, Table } from '../table.tsx';
import { Books } from './books.tsx';
import { Upload } from './upload.tsx';

const route = getRouteApi('/operator/books/settlements');

/** What providers say they did with the money, and whether it is what we know. */
export function Page(): React.ReactNode {
  const navigate = route.useNavigate();
  const list = useList('/v1/payments/settlements', { query: { limit: 50 } });
  return (
    <Books>
      <Upload
        loaded={({ settlement }) =>
          void navigate({ to: '/operator/books/settlements/$settlement', params: { settlement } })
        }
      />
      {list.error && !list.items ? (
        <ProblemPage error={list.error} again={list.again} />
      ) : list.items?.length === 0 ? (
        <Empty title={t('books.settlements.none')} text={t('books.settlements.none.text')} />
      ) : (
        <Table
          caption={t('books.settlements')}
          columns={[
            { name: t('books.provider') },
            { name: t('books.period') },
            { name: t('books.lines'), end: true },
            { name: t('books.differences'), end: true },
            { name: t('books.loaded') },
          ]}
        >
          {list.items?.map((one) => (
            <Row key={one.settlement}>
              <Cell>
                <Link
                  to="/operator/books/settlements/$settlement"
                  params={{ settlement: one.settlement }}
                  className={covering}
                >
                  {one.provider} · <bdi>{one.account}</bdi>
                </Link>
              </Cell>
              <Cell name={t('books.period')}>
                {t('books.span', { from: moment(one.from), to: moment(one.to) })}
              </Cell>
              <Cell name={t('books.lines')} end>
                {t('books.lines.new', { n: number(one.new_lines), of: number(one.lines) })}
              </Cell>
              <Cell name={t('books.differences')} end>
                <span className={one.open_differences > 0 ? 'font-bold text-danger' : 'text-success'}>
                  {one.open_differences > 0
                    ? t('books.differences.open', { n: one.open_differences })
                    : t('books.differences.no')}
                </span>
              </Cell>
              <Cell name={t('books.loaded')}>{moment(one.loaded_at)}</Cell>
            </Row>
          )) ?? <ComingRows columns={5} rows={5} />}
        </Table>
      )}
      <More list={list} />
    </Books>
  );
}
