import type { Schema } from '@tipple/api';
import { moment, money } from '@/lib/format.ts';
import { t, word } from '@/lib/messages.ts';

/** What stands in the way of ordering it, each with what to do. */
export function Obstacles({ problems }: { problems: Schema<'CartProblem'>[] }) {
  if (problems.length === 0) return null;
  return (
    <ul aria-live="polite" className="space-y-1 rounded-sm bg-accent-soft p-3 text-sm">
      {problems.map((one) => (
        <li key={`${one.code} ${one.product ?? one.rule ?? one.coupon}`}>{obstacle(one)}</li>
      ))}
    </ul>
  );
}

function obstacle({
  code,
  detail,
  product,
  rule,
  coupon,
  until,
  reason,
  least,
}: Schema<'CartProblem'>): string {
  if (until && reason) return t('obstacle.store-paused', { time: moment(until), reason });
  if (least) return t('obstacle.below-least-order', { least: money(least) });
  const said = word('obstacle', code);
  return product || coupon || rule || said === code ? detail : said;
}
