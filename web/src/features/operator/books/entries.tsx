import { useQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import { moment, money } from '@/lib/format.ts';
import { t, word } from '@/lib/messages.ts';
import { whole } from '@/lib/whole.ts';
import { quiet } from '@/ui/button.ts';
import { Empty } from '@/ui/empty.tsx';
import { ProblemPage } from '@/ui/problem.tsx';
import { Heading, Scrolling } from '@/ui/scrolling.tsx';
import { Bar } from '@/ui/waiting.tsx';
import { More, useList } from '../list.tsx';
import { Books } from './books.tsx';

const route = getRouteApi('/operator/books/entries');

/** What stands in one account, oldest first. */
export function Page(): React.ReactNode {
  const { account, currency, party } = route.useSearch();
  const list = useList('/v1/payments/books/entries', { query: { account, currency, party, limit: 100 } });
  const { data: vendors } = useQuery(whole('/v1/catalogue/vendors', { query: {} }));
  const nameOf = (party: string) => vendors?.find(({ vendor }) => vendor === party)?.name ?? party;
  return (
    <Books>
      <h2 className="mt-4 text-xl">{t('books.entriesOf', { account: word('ledger', account), currency })}</h2>
      {party && (
        <p className="mt-1">
          <bdi>{nameOf(party)}</bdi>{' '}
          <Link from="/operator/books/entries" search={{ account, currency }} className={quiet}>
            {t('books.party.all')}
          </Link>
        </p>
      )}
      {list.error && !list.items ? (
        <ProblemPage error={list.error} again={list.again} />
      ) : !list.items ? (
        <Bar className="mt-4 h-96 w-full" />
      ) : list.items.length === 0 ? (
        <Empty title={t('books.empty')} text={t('books.empty.text')} />
      ) : (
        <Scrolling label={t('books.entries')}>
          <thead>
            <tr className="text-sm text-muted">
              <Heading text={t('books.time')} start />
              <Heading text={t('books.what')} start />
              <Heading text={t('books.party')} start />
              <Heading text={t('books.debit')} />
              <Heading text={t('books.credit')} />
            </tr>
          </thead>
          <tbody>
            {list.items.map((one) => (
              <tr key={one.id} className="border-t border-hairline">
                <td className="px-3 py-2 whitespace-nowrap">{moment(one.at)}</td>
                <td className="px-3 py-2">{word('entry', one.kind)}</td>
                <td className="max-w-72 min-w-48 px-3 py-2 [overflow-wrap:anywhere]">
                  {one.party && (
                    <Link
                      from="/operator/books/entries"
                      search={{ account, currency, party: one.party }}
                      className="underline-offset-4 hover:underline"
                    >
                      <bdi>{nameOf(one.party)}</bdi>
                    </Link>
                  )}
                </td>
                <Side amount={one.amount} currency={one.currency} />
                <Side amount={-one.amount} currency={one.currency} />
              </tr>
            ))}
          </tbody>
        </Scrolling>
      )}
      <More list={list} />
    </Books>
  );
}

function Side({ amount, currency }: { amount: number; currency: string }) {
  return (
    <td className="px-3 py-2 text-end whitespace-nowrap tabular-nums">
      {amount > 0 && money({ amount, currency })}
    </td>
  );
}
