import type { Schema } from '@tipple/api';
import { t } from '@/lib/messages.ts';
import { size } from '@/ui/drink-card.tsx';

/** How many of what, in the size that is on the shelf. */
export function Line({ line }: { line: Schema<'OrderLine'> }) {
  return (
    <>
      <span className="min-w-8 text-lg font-bold tabular-nums">{t('queue.times', { n: line.quantity })}</span>
      <span className="min-w-0 [overflow-wrap:anywhere]">
        <bdi>{line.name}</bdi> <span className="text-sm text-muted">{size(line.drink)}</span>
      </span>
    </>
  );
}
