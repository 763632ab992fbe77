import { useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { money } from '@/lib/format.ts';
import { t, word } from '@/lib/messages.ts';
import { reading } from '@/lib/reading.ts';
import { card } from '@/ui/button.ts';
import { ProblemPage } from '@/ui/problem.tsx';
import { Heading, Scrolling } from '@/ui/scrolling.tsx';
import { Select } from '@/ui/select.tsx';
import { Stale } from '@/ui/stale.tsx';
import { Bar } from '@/ui/waiting.tsx';
import { Books } from './books.tsx';
import { LimitChanges } from './limit-changes.tsx';
import { LimitForm } from './limit-form.tsx';

export const DESKS = ['store', 'support', 'operator'] as const;

const route = getRouteApi('/operator/books/limits');

/** How much people may give back alone. */
export function Page(): React.ReactNode {
  const chosen = route.useSearch();
  const navigate = route.useNavigate();
  const { data, error, refetch } = useQuery(reading('/v1/payments/refund-limits', {}));
  const currencies = [...new Set(data?.limits.map(({ currency }) => currency))].sort();
  const currency = chosen.currency ?? (currencies.includes('USD') ? 'USD' : (currencies[0] ?? 'USD'));
  const shown = data?.limits.filter((one) => one.currency === currency);
  return (
    <Books>
      <p className="mt-4 max-w-prose text-muted">{t('books.limits.text')}</p>
      <Stale error={data ? error : null} />
      {error && !data ? (
        <ProblemPage error={error} again={refetch} />
      ) : !shown ? (
        <Bar className="mt-4 h-60 w-full" />
      ) : (
        <>
          <div className="mt-4">
            <Select
              name={t('books.currency')}
              value={currency}
              choices={[...new Set([...currencies, currency])].map((one) => [one, one] as const)}
              choose={(currency) => void navigate({ search: { currency } })}
            />
          </div>
          <Scrolling label={t('books.limits')}>
            <thead>
              <tr className="text-sm text-muted">
                <Heading text={t('books.desk')} start />
                <Heading text={t('books.perPayment')} />
                <Heading text={t('books.perDay')} />
              </tr>
            </thead>
            <tbody>
              {DESKS.map((desk) => {
                const one = shown.find((limit) => limit.desk === desk);
                return (
                  <tr key={desk} className="border-t border-hairline">
                    <th scope="row" className="px-3 py-2 text-start font-medium">
                      {word('desk', desk)}
                    </th>
                    <td className="px-3 py-2 text-end tabular-nums">
                      {one ? money({ amount: one.per_payment, currency }) : t('books.limit.none')}
                    </td>
                    <td className="px-3 py-2 text-end tabular-nums">
                      {one ? money({ amount: one.per_day, currency }) : t('books.limit.none')}
                    </td>
                  </tr>
                );
              })}
            </tbody>
          </Scrolling>
          <section aria-labelledby="books-limit" className={`${card} mt-6`}>
            <h2 id="books-limit" className="text-xl">
              {t('books.limit.change')}
            </h2>
            <p className="mt-1 mb-3 max-w-prose text-muted">{t('books.limit.change.text')}</p>
            <LimitForm key={currency} currency={currency} limits={shown} />
          </section>
        </>
      )}
      <h2 className="mt-8 text-xl">{t('books.limit.changes')}</h2>
      <LimitChanges />
    </Books>
  );
}
