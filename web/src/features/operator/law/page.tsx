import { Link } from '@tanstack/react-router';
import { t } from '@/lib/messages.ts';
import { Empty } from '@/ui/empty.tsx';
import { ProblemPage } from '@/ui/problem.tsx';
import { More, useList } from '../list.tsx';
import { Cell, ComingRows, covering, Row, Table } from '../table.tsx';

/** Places with alcohol laws of their own. */
export function Page(): React.ReactNode {
  const list = useList('/v1/compliance/jurisdictions', { query: { limit: 50 } });
  if (list.error && !list.items) return <ProblemPage error={list.error} again={list.again} />;
  return (
    <>
      <h1>{t('law.title')}</h1>
      <p className="mt-2 max-w-prose text-muted">{t('law.text')}</p>
      {list.items?.length === 0 ? (
        <Empty title={t('law.none')} text={t('law.none.text')} />
      ) : (
        <Table
          caption={t('law.title')}
          columns={[
            { name: t('law.code') },
            { name: t('law.name') },
            { name: t('law.within') },
            { name: t('law.zone') },
          ]}
        >
          {list.items?.map((one) => (
            <Row key={one.code}>
              <Cell>
                <Link to="/operator/compliance/$code" params={{ code: one.code }} className={covering}>
                  {one.code}
                </Link>
              </Cell>
              <Cell name={t('law.name')}>
                <bdi>{one.name}</bdi>
              </Cell>
              <Cell name={t('law.within')}>{one.parent ?? t('law.within.none')}</Cell>
              <Cell name={t('law.zone')}>
                <bdi>{one.time_zone}</bdi>
              </Cell>
            </Row>
          )) ?? <ComingRows columns={4} rows={4} />}
        </Table>
      )}
      <More list={list} />
    </>
  );
}
