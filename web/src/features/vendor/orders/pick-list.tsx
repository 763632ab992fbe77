import type { Schema } from '@tipple/api';
import { t } from '@/lib/messages.ts';
import type { Failed } from '@/lib/network.ts';
import { send } from '@/lib/send.ts';
import { useSending } from '@/lib/sending.ts';
import { dangerous, primary } from '@/ui/button.ts';
import { Said } from '@/ui/said.tsx';
import { PickLine } from './pick-line.tsx';
import { forgetPicks, short, usePicks } from './picks.ts';

/** Nobody says why: it is not a matter of the tariff, but of what would be in the order. */
const unpriced = ({ problem }: Failed) => problem.code === 'not-priced' && !('cause' in problem);

/** Of each line it is said whether all of it is there; with the last it can be packed. */
export function PickList({ order: { order, lines } }: { order: Schema<'OrderSummary'> }) {
  const [picks, say] = usePicks(order);
  const pack = useSending(
    () =>
      send('post', '/v1/orders/orders/{order}/pack', {
        path: { order },
        body: { lines: short(lines, picks) },
      }),
    () => forgetPicks(order),
  );
  const left = lines.filter(({ line }) => !picks[line]).length;
  const nothing = lines.every(({ line }) => picks[line]?.picked === 0 && !picks[line].instead);
  const whole = short(lines, picks).length === 0;
  return (
    <>
      <ul className="divide-y divide-hairline">
        {lines.map((line) => (
          <PickLine
            key={line.line}
            order={order}
            line={line}
            pick={picks[line.line]}
            say={(pick) => say(line.line, pick)}
          />
        ))}
      </ul>
      {pack.error && (
        <p role="alert" className="text-danger">
          {unpriced(pack.error) ? t('pack.notPriced') : <Said of={pack.error} />}
        </p>
      )}
      {nothing && <p className="text-sm">{t('pack.nothing.text')}</p>}
      <button
        type="button"
        disabled={left > 0}
        aria-busy={pack.isPending}
        onClick={() => pack.mutate(undefined)}
        className={`${nothing ? dangerous : primary} w-full`}
      >
        {left > 0
          ? t('pack.left', { n: left })
          : nothing
            ? t('pack.nothing')
            : whole
              ? t('pack.submit')
              : t('pack.short')}
      </button>
    </>
  );
}
