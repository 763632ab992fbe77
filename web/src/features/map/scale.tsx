import { distance } from '@/lib/format.ts';
import { scaleOf, type View } from './projection.ts';

/** How long a length is here. */
export function Scale({ view }: { view: View }) {
  const { metres, pixels } = scaleOf(view);
  return (
    <p
      className="pointer-events-none absolute start-2 top-2 z-10 rounded-sm bg-surface/90 px-1 text-xs text-ink"
      aria-hidden="true"
    >
      {distance(metres)}
      <span className="mt-px block h-1.5 border-x-2 border-b-2 border-ink" style={{ width: pixels }} />
    </p>
  );
}
