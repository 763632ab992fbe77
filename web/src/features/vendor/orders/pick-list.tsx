import type { Schema } from '@tipple/api';
import { useState } from 'react';
import { t } from '@/lib/messages.ts';
import { send, useSending } from '@/lib/sending.ts';
import { primary } from '@/ui/button.ts';
import { said } from '@/ui/form.tsx';
import { Line } from './line.tsx';

/** Each line is ticked as it goes into the bag; with the last it can be packed. */
export function PickList({ order: { order, lines } }: { order: Schema<'OrderSummary'> }) {
  const [picked, tick] = useTicks(order);
  const pack = useSending(
    () => send('post', '/v1/orders/orders/{order}/pack', { path: { order } }),
    () => sessionStorage.removeItem(keyOf(order)),
  );
  const left = lines.filter(({ line }) => !picked.includes(line)).length;
  return (
    <>
      <ul className="divide-y divide-hairline">
        {lines.map((line) => (
          <li key={line.line}>
            <label className="flex min-h-12 cursor-pointer items-center gap-3 py-1 has-checked:text-muted has-checked:line-through">
              <input
                type="checkbox"
                checked={picked.includes(line.line)}
                onChange={() => tick(line.line)}
                className="size-6 shrink-0 accent-brand"
              />
              <Line line={line} />
            </label>
          </li>
        ))}
      </ul>
      {pack.error && (
        <p role="alert" className="text-danger">
          {said(pack.error)}
        </p>
      )}
      <button
        type="button"
        disabled={left > 0}
        aria-busy={pack.isPending}
        onClick={() => pack.mutate(undefined)}
        className={`${primary} w-full`}
      >
        {left > 0 ? t('pack.left', { n: left }) : t('pack.submit')}
      </button>
    </>
  );
}

const keyOf = (order: string) => `picked-${order}`;

/** What is in the bag, kept while this tab is open. */
function useTicks(order: string) {
  const key = keyOf(order);
  const [picked, setPicked] = useState<string[]>(() => JSON.parse(sessionStorage.getItem(key) ?? '[]'));
  const tick = (line: string) => {
    const next = picked.includes(line) ? picked.filter((one) => one !== line) : [...picked, line];
    sessionStorage.setItem(key, JSON.stringify(next));
    setPicked(next);
  };
  return [picked, tick] as const;
}
