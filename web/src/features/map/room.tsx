import { FRAME } from './given.ts';

/** The place of a map that is not there yet: its size is known before. */
export function MapRoom({ className }: { className?: string }) {
  return (
    <div>
      <div className={`${FRAME} ${className ?? ''}`} />
      <div className="h-11" />
    </div>
  );
}
