import { useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import type { Schema } from '@tipple/api';
import { today } from '@/lib/days.ts';
import { day, money } from '@/lib/format.ts';
import { t } from '@/lib/messages.ts';
import { openFile } from '@/lib/open.ts';
import { useSending } from '@/lib/sending.ts';
import { whole } from '@/lib/whole.ts';
import { quiet } from '@/ui/button.ts';
import { Empty } from '@/ui/empty.tsx';
import { ProblemPage } from '@/ui/problem.tsx';
import { Said } from '@/ui/said.tsx';
import { Select } from '@/ui/select.tsx';
import { Bar } from '@/ui/waiting.tsx';
import { More, useList } from '../list.tsx';
import { Cell, ComingRows, Row, Table } from '../table.tsx';
import { Books } from './books.tsx';

export const KINDS = ['invoice', 'credit_note'] as const;
type Kind = (typeof KINDS)[number];
/** So many years there is something to choose from. */
const YEARS = 5;

const route = getRouteApi('/operator/books/documents');

/** Invoices and credit notes of a vendor, in their order. */
export function Page(): React.ReactNode {
  const chosen = route.useSearch();
  const navigate = route.useNavigate();
  const vendors = useQuery(whole('/v1/catalogue/vendors', { query: {} }));
  const vendor = chosen.vendor ?? vendors.data?.[0]?.vendor;
  const now = Number(today('UTC').slice(0, 4));
  const { kind = 'invoice', year = now } = chosen;
  const choose = (next: typeof chosen) => void navigate({ search: { ...chosen, ...next } });
  return (
    <Books>
      <search className="mt-4 flex flex-wrap items-end gap-x-4 gap-y-3">
        <Select
          name={t('books.vendor')}
          value={vendor ?? ''}
          choices={(vendors.data ?? []).map((one) => [one.vendor, one.name] as const)}
          choose={(vendor) => choose({ vendor })}
        />
        <Select
          name={t('books.kind')}
          value={kind}
          choices={KINDS.map((one) => [one, t(`books.kind.${one}`)] as const)}
          choose={(kind) => choose({ kind: kind as Kind })}
        />
        <Select
          name={t('books.year')}
          value={String(year)}
          choices={Array.from({ length: YEARS }, (_, back) => String(now - back)).map(
            (one) => [one, one] as const,
          )}
          choose={(year) => choose({ year: Number(year) })}
        />
      </search>
      {vendors.error ? (
        <ProblemPage error={vendors.error} again={vendors.refetch} />
      ) : vendor ? (
        <List vendor={vendor} kind={kind} year={year} />
      ) : vendors.data ? (
        <Empty title={t('books.vendors.none')} text={t('books.vendors.text')} />
      ) : (
        <Bar className="mt-4 h-96 w-full" />
      )}
    </Books>
  );
}

function List({ vendor, kind, year }: { vendor: string; kind: Kind; year: number }) {
  const list = useList('/v1/payments/documents', { query: { vendor, kind, year, limit: 50 } });
  const open = useSending(({ document, number }: Schema<'DocumentView'>) =>
    openFile(`/v1/payments/documents/${document}/pdf`, `${number}.pdf`),
  );
  if (list.error && !list.items) return <ProblemPage error={list.error} again={list.again} />;
  if (list.items?.length === 0) {
    return <Empty title={t('books.documents.none')} text={t('books.documents.none.text')} />;
  }
  return (
    <>
      {open.error && (
        <p role="alert" className="mt-3 text-danger">
          <Said of={open.error} />
        </p>
      )}
      <Table
        caption={t('books.documents')}
        columns={[
          { name: t('books.number') },
          { name: t('books.issued') },
          { name: t('books.amount'), end: true },
          { name: t('books.file'), hidden: true },
        ]}
      >
        {list.items?.map((one) => (
          <Row key={one.document}>
            <Cell>
              <span className="font-semibold tabular-nums">{one.number}</span>
            </Cell>
            <Cell name={t('books.issued')}>{day(one.issued_on)}</Cell>
            <Cell name={t('books.amount')} end>
              {money(one.total)}
            </Cell>
            <Cell end>
              {one.readable ? (
                <button
                  type="button"
                  aria-label={t('books.openOf', { number: one.number })}
                  aria-busy={open.isPending && open.variables === one}
                  onClick={() => open.mutate(one)}
                  className={quiet}
                >
                  {t('books.open')}
                </button>
              ) : (
                t('books.unreadable')
              )}
            </Cell>
          </Row>
        )) ?? <ComingRows columns={4} />}
      </Table>
      <More list={list} />
    </>
  );
}
