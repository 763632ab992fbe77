import { useQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import type { Schema } from '@tipple/api';
import { typed } from '@/lib/amount.ts';
import { moment, money } from '@/lib/format.ts';
import { instant, local } from '@/lib/local.ts';
import { t, word } from '@/lib/messages.ts';
import { reading } from '@/lib/reading.ts';
import { asTyped } from '@/lib/typed.ts';
import { Empty } from '@/ui/empty.tsx';
import { Export } from '@/ui/export.tsx';
import { ProblemPage } from '@/ui/problem.tsx';
import { Heading, Scrolling } from '@/ui/scrolling.tsx';
import { Stale } from '@/ui/stale.tsx';
import { Bar } from '@/ui/waiting.tsx';
import { Books } from './books.tsx';

type Balance = Schema<'Balance'>;

const route = getRouteApi('/operator/books');

/** Every account at an instant: together they are nothing. */
export function Page(): React.ReactNode {
  const { at } = route.useSearch();
  const navigate = route.useNavigate();
  const { data, error, refetch } = useQuery(reading('/v1/payments/books/trial-balance', { query: { at } }));
  return (
    <Books>
      <Stale error={data ? error : null} />
      <div className="mt-4 flex flex-wrap items-end justify-between gap-3">
        <label className="block">
          <span className="mb-1 block text-sm font-medium">{t('books.at')}</span>
          <input
            type="datetime-local"
            defaultValue={local(at)}
            onChange={({ target }) => {
              const chosen = instant(target.value);
              void navigate({ search: chosen ? { at: chosen } : {}, ...asTyped });
            }}
            className="h-11 rounded-sm border border-control bg-surface px-3"
          />
        </label>
        {data && (
          <Export
            name={`balance-${(data.at ?? new Date().toISOString()).slice(0, 10)}`}
            rows={() => rowsOf(data.accounts)}
          />
        )}
      </div>
      {error && !data ? (
        <ProblemPage error={error} again={refetch} />
      ) : !data ? (
        <Bar className="mt-4 h-96 w-full" />
      ) : data.accounts.length === 0 ? (
        <Empty title={t('books.empty')} text={t('books.empty.text')} />
      ) : (
        <>
          <p className={`mt-4 font-semibold ${data.balanced ? 'text-success' : 'text-danger'}`}>
            {t(data.balanced ? 'books.balanced' : 'books.unbalanced')}{' '}
            <span className="font-normal text-muted">
              {data.at ? t('books.asOf', { time: moment(data.at) }) : t('books.now')}
            </span>
          </p>
          {[...new Set(data.accounts.map(({ currency }) => currency))].map((currency) => (
            <Currency
              key={currency}
              currency={currency}
              accounts={data.accounts.filter((one) => one.currency === currency)}
            />
          ))}
        </>
      )}
    </Books>
  );
}

function Currency({ currency, accounts }: { currency: string; accounts: Balance[] }) {
  const cell = 'px-3 py-2 text-end tabular-nums whitespace-nowrap';
  const side = (of: (balance: number) => number) =>
    accounts.reduce((sum, { balance }) => sum + Math.max(of(balance), 0), 0);
  const shown = (amount: number) => (amount > 0 ? money({ amount, currency }) : '');
  return (
    <Scrolling label={t('books.balanceOf', { currency })}>
      <thead>
        <tr className="text-sm text-muted">
          <Heading text={t('books.accountIn', { currency })} start />
          <Heading text={t('books.debit')} />
          <Heading text={t('books.credit')} />
        </tr>
      </thead>
      <tbody>
        {accounts.map(({ account, balance }) => (
          <tr key={account} className="border-t border-hairline">
            <th scope="row" className="px-3 py-2 text-start font-medium">
              <Link
                to="/operator/books/entries"
                search={{ account: account as never, currency }}
                className="underline-offset-4 hover:underline"
              >
                {word('ledger', account)}
              </Link>
            </th>
            <td className={cell}>{shown(balance)}</td>
            <td className={cell}>{shown(-balance)}</td>
          </tr>
        ))}
      </tbody>
      <tfoot>
        <tr className="border-t border-control font-bold">
          <th scope="row" className="px-3 py-2 text-start">
            {t('books.sum')}
          </th>
          <td className={cell}>{money({ amount: side((balance) => balance), currency })}</td>
          <td className={cell}>{money({ amount: side((balance) => -balance), currency })}</td>
        </tr>
      </tfoot>
    </Scrolling>
  );
}

function rowsOf(accounts: Balance[]): (string | number)[][] {
  return [
    ['account', 'currency', 'balance'],
    ...accounts.map(({ account, currency, balance }) => [
      account,
      currency,
      `${balance < 0 ? '-' : ''}${typed({ amount: Math.abs(balance), currency })}`,
    ]),
  ];
}
