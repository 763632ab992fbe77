import { Link } from '@tanstack/react-router';
import type { Schema } from '@tipple/api';
import { moment, money, number } from '@/lib/format.ts';
import { known, t } from '@/lib/messages.ts';
import { because, reasonOf } from '@/lib/refused.ts';
import type { Sentence } from '@/lib/said.ts';
import { quiet } from '@/ui/button.ts';
import { InWords, Said } from '@/ui/said.tsx';
import { usePutLine } from './requests.ts';

interface Shown {
  cart: string;
  problems: Schema<'CartProblem'>[];
}

/** What stands in the way of ordering it, each with what to do. */
export function Page({ cart, problems }: Shown) {
  const put = usePutLine(cart);
  return (
    <ul
      aria-busy={put.isPending}
      className="space-y-1 rounded-sm bg-accent-soft p-3 text-sm [overflow-wrap:anywhere]"
    >
      {problems.map((one) => (
        <li key={`${one.code} ${one.product ?? one.coupon ?? one.detail}`}>
          <InWords of={obstacle(one)} />
          {one.product && <Ways product={one.product} problem={one} busy={put.isPending} put={put.mutate} />}
        </li>
      ))}
      {put.error && (
        <li role="alert" className="text-danger">
          <Said of={put.error} />
        </li>
      )}
    </ul>
  );
}

interface WaysShown {
  product: string;
  problem: Schema<'CartProblem'>;
  busy: boolean;
  put: (line: { product: string; quantity: number }) => void;
}

/** What one can do about a line that the store has too few of, or none. */
function Ways({ product, problem: { name, free }, busy, put }: WaysShown) {
  const of = <span className="sr-only">{name}</span>;
  return (
    <p className="flex flex-wrap gap-x-4">
      {!!free && (
        <button
          type="button"
          disabled={busy}
          onClick={() => put({ product, quantity: free })}
          className={quiet}
        >
          {t('ways.fewer', { free: number(free) })} {of}
        </button>
      )}
      <button type="button" disabled={busy} onClick={() => put({ product, quantity: 0 })} className={quiet}>
        {t('quantity.remove')} {of}
      </button>
      <Link to="/p/$product" params={{ product }} className={`${quiet} inline-flex items-center`}>
        {t('ways.other')} {of}
      </Link>
    </p>
  );
}

function obstacle(problem: Schema<'CartProblem'>): Sentence {
  const { code, detail, rule, until, reason, least, name, free, coupon, cause } = problem;
  if (rule) return reasonOf({ rule, detail, facts: problem.facts });
  if (until && reason) return { text: t('obstacle.store-paused', { time: moment(until), reason }) };
  if (least) return { text: t('obstacle.below-least-order', { least: money(least) }) };
  const what = name ?? t('obstacle.product');
  const values = { name: what, free: number(free ?? 0), coupon: coupon ?? '', why: because(cause) };
  const text = known(code === 'out-of-stock' && !free ? 'obstacle.sold-out' : `obstacle.${code}`, values);
  return text ? { text } : { text: detail, foreign: true };
}
