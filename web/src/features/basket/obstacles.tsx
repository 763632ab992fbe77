import type { Schema } from '@tipple/api';
import { moment, money, number } from '@/lib/format.ts';
import { known, t } from '@/lib/messages.ts';
import { because, reasonOf } from '@/lib/refused.ts';
import type { Sentence } from '@/lib/said.ts';
import { InWords } from '@/ui/said.tsx';

/** What stands in the way of ordering it, each with what to do. */
export function Obstacles({ problems }: { problems: Schema<'CartProblem'>[] }) {
  return (
    <ul
      aria-live="polite"
      className="space-y-1 rounded-sm bg-accent-soft p-3 text-sm [overflow-wrap:anywhere]"
    >
      {problems.map((one) => (
        <li key={`${one.code} ${one.product ?? one.rule ?? one.coupon}`}>
          <InWords of={obstacle(one)} />
        </li>
      ))}
    </ul>
  );
}

function obstacle(problem: Schema<'CartProblem'>): Sentence {
  const { code, detail, rule, until, reason, least, name, free, coupon, why } = problem;
  if (rule) return reasonOf({ rule, detail, facts: problem.facts });
  if (until && reason) return { text: t('obstacle.store-paused', { time: moment(until), reason }) };
  if (least) return { text: t('obstacle.below-least-order', { least: money(least) }) };
  const what = name ?? t('obstacle.product');
  const values = { name: what, free: number(free ?? 0), coupon: coupon ?? '', why: because(why) };
  const text = known(`obstacle.${code}`, values);
  return text ? { text } : { text: detail, foreign: true };
}
