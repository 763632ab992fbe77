import type { Schema } from '@tipple/api';
import { part } from '@/lib/lazily.ts';
import { Later } from '@/ui/later.tsx';
import { Bar } from '@/ui/waiting.tsx';

const Obstacles = part(async () => ({ Page: (await import('./obstacles.tsx')).Obstacles }), 'reasons');

/** What stands in the way of ordering it; most baskets have nothing of that, and do without its words. */
export function InTheWay({ problems }: { problems: Schema<'CartProblem'>[] }) {
  if (problems.length === 0) return null;
  return (
    <Later room={<Bar className="h-11 w-full" />}>
      <Obstacles problems={problems} />
    </Later>
  );
}
