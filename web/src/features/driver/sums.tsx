import type { Schema } from '@tipple/api';
import { money } from '@/lib/format.ts';
import { t } from '@/lib/messages.ts';
import { card } from '@/ui/button.ts';

type Earned = Pick<Schema<'Earned'>, 'deliveries' | 'pay' | 'tips' | 'total'>;

interface Shown {
  /** Of this week; none where it is not known. */
  earnings?: Schema<'Earnings'>;
  /** Today. */
  day: string;
  owed: Schema<'Money'>[];
}

/** What it comes to now. */
export function Sums({ earnings, day, owed }: Shown) {
  return (
    <dl className="mt-4 grid grid-cols-2 gap-3 sm:grid-cols-3">
      {earnings && (
        <>
          <Sum name={t('driver.earnings.today')} of={earnings.days.filter((one) => one.day === day)} />
          <Sum name={t('driver.earnings.week')} of={earnings.totals} />
        </>
      )}
      <div className={`${card} col-span-2 sm:col-span-1`}>
        <dt className="text-muted">{t('driver.earnings.owed')}</dt>
        {owed.length === 0 && <dd className="mt-1 text-lg">{t('driver.earnings.none')}</dd>}
        {owed.map((amount) => (
          <dd key={amount.currency} className="mt-1 text-2xl font-bold tabular-nums">
            {money(amount)}
          </dd>
        ))}
        <dd className="text-sm text-muted">{t('driver.earnings.owed.text')}</dd>
      </div>
    </dl>
  );
}

function Sum({ name, of }: { name: string; of: Earned[] }) {
  return (
    <div className={card}>
      <dt className="text-muted">{name}</dt>
      {of.length === 0 && <dd className="mt-1 text-lg">{t('driver.earnings.none')}</dd>}
      {of.map((earned) => (
        <dd key={earned.total.currency} className="mt-1">
          <span className="block text-2xl font-bold tabular-nums">{money(earned.total)}</span>
          <span className="block text-sm text-muted">
            {t('driver.earnings.count', { n: earned.deliveries })}
          </span>
          <Split pay={earned.pay} tip={earned.tips} />
        </dd>
      ))}
    </div>
  );
}

/** What of it is pay, and what is tips. */
export function Split({ pay, tip }: { pay: Schema<'Money'>; tip: Schema<'Money'> }) {
  return (
    <span className="block text-sm text-muted">
      {t('driver.earnings.split', { pay: money(pay), tip: money(tip) })}
    </span>
  );
}
