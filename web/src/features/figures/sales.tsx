import { useQuery } from '@tanstack/react-query';
import type { Schema } from '@tipple/api';
import { typed } from '@/lib/amount.ts';
import { daysOf } from '@/lib/days.ts';
import { money, number } from '@/lib/format.ts';
import { t } from '@/lib/messages.ts';
import { whole } from '@/lib/whole.ts';
import { Empty } from '@/ui/empty.tsx';
import { Export } from '@/ui/export.tsx';
import { ProblemPage } from '@/ui/problem.tsx';
import { Stale } from '@/ui/stale.tsx';
import { Bar } from '@/ui/waiting.tsx';
import { Columns } from './chart.tsx';
import type { Asked } from './page.tsx';
import { SalesTable } from './sales-table.tsx';
import { MEASURES, type Measure, type Shown } from './shown.ts';

export type Day = Schema<'SalesDay'>;

interface SalesShown {
  asked: Asked;
  chosen: Shown;
  choose: (chosen: Shown) => void;
}

/** What was sold, day by day, in each currency. */
export function Sales({ asked, chosen, choose }: SalesShown) {
  const { data, error, refetch } = useQuery(whole('/v1/insight/sales', { query: asked }));
  if (error && !data) return <ProblemPage error={error} again={refetch} />;
  if (!data) return <Coming />;
  if (data.length === 0) {
    return (
      <>
        <Stale error={error} />
        <Empty title={t('figures.none')} text={t('figures.none.text')} />
      </>
    );
  }
  const currencies = [...new Set(data.map(({ net }) => net.currency))].sort();
  return (
    <>
      <Stale error={error} />
      <div className="mt-4 flex flex-wrap items-center gap-x-4 gap-y-2">
        <Measures chosen={chosen} choose={choose} />
        <span className="ms-auto">
          <Export name={`sales-${asked.from}-${asked.to}`} rows={() => rowsOf(data)} />
        </span>
      </div>
      {currencies.map((currency) => (
        <Currency
          key={currency}
          currency={currency}
          days={data.filter(({ net }) => net.currency === currency)}
          asked={asked}
          chosen={chosen}
        />
      ))}
    </>
  );
}

function Measures({ chosen, choose }: Omit<SalesShown, 'asked'>) {
  const toggle =
    'min-h-11 rounded-pill border border-control px-4 aria-pressed:border-brand aria-pressed:bg-brand-soft';
  return (
    <>
      <fieldset className="flex flex-wrap gap-2">
        <legend className="sr-only">{t('figures.measure')}</legend>
        {MEASURES.map((one) => (
          <button
            key={one}
            type="button"
            aria-pressed={one === (chosen.measure ?? 'net')}
            onClick={() => choose({ ...chosen, measure: one === 'net' ? undefined : one })}
            className={toggle}
          >
            {t(`figures.measure.${one}`)}
          </button>
        ))}
      </fieldset>
      <button
        type="button"
        aria-pressed={chosen.as === 'table'}
        onClick={() => choose({ ...chosen, as: chosen.as ? undefined : 'table' })}
        className={toggle}
      >
        {t('figures.table')}
      </button>
    </>
  );
}

interface CurrencyShown {
  currency: string;
  days: Day[];
  asked: Asked;
  chosen: Shown;
}

function Currency({ currency, days, asked, chosen }: CurrencyShown) {
  const measure = chosen.measure ?? 'net';
  const byDay = new Map(days.map((one) => [one.day, one]));
  const columns = daysOf(asked.from, asked.to).map((day) => {
    const found = byDay.get(day);
    return { day, value: found ? measured(found, measure) : 0 };
  });
  const say = (value: number) =>
    measure === 'orders' || measure === 'units'
      ? number(value, 1)
      : money({ amount: Math.round(value), currency });
  const sum = (of: (day: Day) => number) => days.reduce((all, day) => all + of(day), 0);
  const amount = (of: 'gross' | 'refunded' | 'net') =>
    money({ amount: sum((day) => day[of].amount), currency });
  return (
    <section aria-label={currency} className="mt-6">
      <dl className="grid grid-cols-2 gap-3 md:grid-cols-5">
        <Tile name={t('figures.measure.net')} value={amount('net')} strong />
        <Tile name={t('figures.measure.gross')} value={amount('gross')} />
        <Tile name={t('figures.refunded')} value={amount('refunded')} />
        <Tile name={t('figures.measure.orders')} value={number(sum(({ orders }) => orders))} />
        <Tile name={t('figures.measure.units')} value={number(sum(({ units }) => units))} />
      </dl>
      {chosen.as === 'table' || columns.length === 0 ? (
        <SalesTable days={days} currency={currency} />
      ) : (
        <Columns
          label={t('figures.byDay', { what: t(`figures.measure.${measure}`) })}
          columns={columns}
          say={say}
        />
      )}
    </section>
  );
}

const measured = (day: Day, measure: Measure) =>
  measure === 'orders' || measure === 'units' ? day[measure] : day[measure].amount;

function Tile({ name, value, strong }: { name: string; value: string; strong?: boolean }) {
  return (
    <div className="rounded-md border border-hairline bg-surface p-3">
      <dt className="text-sm text-muted">{name}</dt>
      <dd className={`text-xl tabular-nums ${strong ? 'font-bold' : ''}`}>{value}</dd>
    </div>
  );
}

function rowsOf(days: Day[]): (string | number)[][] {
  const heading = ['day', 'currency', 'orders', 'units', 'gross', 'refunded', 'net'];
  return [
    heading,
    ...days.map(({ day, orders, units, gross, refunded, net }) => [
      day,
      net.currency,
      orders,
      units,
      typed(gross),
      typed(refunded),
      typed(net),
    ]),
  ];
}

function Coming() {
  return (
    <div aria-busy="true" className="mt-6 space-y-4">
      <p role="status" className="sr-only">
        {t('site.waiting')}
      </p>
      <div className="grid grid-cols-2 gap-3 md:grid-cols-5">
        {MEASURES.map((one) => (
          <Bar key={one} className="h-20 w-full" />
        ))}
      </div>
      <Bar className="h-72 w-full" />
    </div>
  );
}
