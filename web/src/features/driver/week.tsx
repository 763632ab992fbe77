import { useQueryClient } from '@tanstack/react-query';
import { Link, useNavigate } from '@tanstack/react-router';
import type { Schema } from '@tipple/api';
import { useId } from 'react';
import { typed } from '@/lib/amount.ts';
import { csv } from '@/lib/csv.ts';
import { dayIn, shifted } from '@/lib/days.ts';
import { clock, date, days, money } from '@/lib/format.ts';
import { t } from '@/lib/messages.ts';
import { save } from '@/lib/save.ts';
import { useSending } from '@/lib/sending.ts';
import { whole } from '@/lib/whole.ts';
import { card } from '@/ui/button.ts';
import { Empty } from '@/ui/empty.tsx';
import { More } from '@/ui/more.tsx';
import { asked, DELIVERIES, type Week, zone } from './earned.ts';
import { other } from './look.ts';
import { Failure } from './shift.tsx';
import { Split } from './sums.tsx';

type Delivery = Schema<'EarnedDelivery'>;

interface Shown {
  person: string;
  week: Week;
  /** The first day of the week that it is now. */
  current: string;
  list: Parameters<typeof More>[0]['list'];
  /** Whether the house cannot be asked for more. */
  cut: boolean;
}

/** One week, delivery by delivery. */
export function WeekShown({ person, week, current, list, cut }: Shown) {
  const { from, earnings, deliveries } = week;
  const all = [...new Set(earnings.days.map(({ day }) => day))].reverse();
  return (
    <section className="mt-8">
      <h2 className="text-xl font-semibold">{days(from, shifted(from, 6))}</h2>
      <Choice from={from} current={current} />
      {all.length === 0 && (
        <Empty heading="h3" title={t('driver.earnings.empty')} text={t('driver.earnings.empty.text')} />
      )}
      {all.map((day) => (
        <OneDay
          key={day}
          day={day}
          totals={earnings.days.filter((one) => one.day === day)}
          deliveries={deliveries.filter((one) => one.day === day)}
        />
      ))}
      {!cut && <More list={list} look={other} />}
      {!cut && all.length > 0 && <Export person={person} from={from} />}
    </section>
  );
}

function Choice({ from, current }: { from: string; current: string }) {
  const navigate = useNavigate();
  const field = useId();
  return (
    <nav aria-label={t('driver.earnings.choose')} className="mt-3 flex flex-wrap items-end gap-3">
      <Link to="/driver/earnings" search={{ week: shifted(from, -7) }} className={`${other} basis-0 grow`}>
        {t('driver.earnings.earlier')}
      </Link>
      {from < current && (
        <Link to="/driver/earnings" search={{ week: shifted(from, 7) }} className={`${other} basis-0 grow`}>
          {t('driver.earnings.later')}
        </Link>
      )}
      <div className="w-full">
        <label htmlFor={field} className="mb-1 block font-medium">
          {t('driver.earnings.pick')}
        </label>
        <input
          id={field}
          type="date"
          defaultValue={from}
          key={from}
          max={shifted(current, 6)}
          onChange={({ target }) => {
            const week = dayIn(target.value);
            if (week && target.validity.valid) void navigate({ to: '/driver/earnings', search: { week } });
          }}
          className="block h-14 w-full rounded-sm border border-control bg-bg px-3 text-lg"
        />
      </div>
    </nav>
  );
}

interface Day {
  day: string;
  totals: Schema<'EarnedOn'>[];
  deliveries: Delivery[];
}

function OneDay({ day, totals, deliveries }: Day) {
  return (
    <section className={`${card} mt-4`}>
      <div className="flex flex-wrap items-baseline justify-between gap-x-4">
        <h3 className="text-lg font-semibold">{date(`${day}T00:00Z`, 'UTC')}</h3>
        <p className="text-lg font-semibold tabular-nums">
          {totals.map(({ total }) => money(total)).join(' · ')}
        </p>
      </div>
      <ul className="mt-2 divide-y divide-hairline">
        {deliveries.map((one) => (
          <li key={one.job} className="flex items-start justify-between gap-4 py-3">
            <div className="min-w-0">
              <p className="[overflow-wrap:anywhere]">{one.store_name}</p>
              <p className="text-sm text-muted">
                {clock(one.at, zone())} · <bdi>{one.number}</bdi>
              </p>
              <Split pay={one.pay} tip={one.tip} />
            </div>
            <p className="shrink-0 text-lg font-semibold tabular-nums">{money(one.total)}</p>
          </li>
        ))}
      </ul>
    </section>
  );
}

/** All deliveries of the week, as a file. */
function Export({ person, from }: { person: string; from: string }) {
  const readings = useQueryClient();
  const out = useSending(async () => {
    const all = await readings.fetchQuery({ ...whole(DELIVERIES, asked(person, from)), staleTime: 0 });
    save(csv([head(), ...all.map(row)]), `earnings-${from}.csv`);
  });
  return (
    <div className="mt-6">
      <Failure failed={out.error} />
      <button type="button" aria-busy={out.isPending} onClick={() => out.mutate()} className={other}>
        {t('form.export')}
      </button>
    </div>
  );
}

function head(): string[] {
  const names = ['day', 'time', 'order', 'store', 'currency', 'pay', 'tip', 'total'] as const;
  return names.map((name) => t(`driver.earnings.column.${name}`));
}

function row({ day, at, number, store_name, pay, tip, total }: Delivery): string[] {
  return [day, at, number ?? '', store_name ?? '', total.currency, ...[pay, tip, total].map(typed)];
}
