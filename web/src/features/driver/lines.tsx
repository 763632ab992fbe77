import type { Schema } from '@tipple/api';
import { t } from '@/lib/messages.ts';

interface Shown {
  lines: (Schema<'DriverLine'> & { taken: number; free: boolean })[];
  change: (line: string, taken: number) => void;
}

const step =
  'size-14 shrink-0 rounded-full border border-control text-2xl leading-none aria-disabled:cursor-default aria-disabled:opacity-60';

/** How much of each line changes hands. A button that has come to its end keeps the focus: one goes on from there. */
export function Lines({ lines, change }: Shown) {
  return (
    <ul className="divide-y divide-hairline">
      {lines.map(({ line, name, quantity, taken, free }) => (
        <li key={line} className="py-3">
          <p className="text-lg [overflow-wrap:anywhere]">{name}</p>
          <div className="mt-1 flex items-center justify-between gap-3">
            <p aria-live="polite" className="text-xl font-semibold tabular-nums">
              {t('driver.hand.of', { n: taken, of: quantity })}
            </p>
            <div className="flex gap-3">
              <button
                type="button"
                aria-disabled={!free || taken === 0}
                aria-label={t('driver.hand.less', { name })}
                onClick={() => free && taken > 0 && change(line, taken - 1)}
                className={step}
              >
                −
              </button>
              <button
                type="button"
                aria-disabled={!free || taken === quantity}
                aria-label={t('driver.hand.more', { name })}
                onClick={() => free && taken < quantity && change(line, taken + 1)}
                className={step}
              >
                +
              </button>
            </div>
          </div>
        </li>
      ))}
    </ul>
  );
}
