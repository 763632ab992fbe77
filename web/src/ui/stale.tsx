import { Said } from './said.tsx';

/** Over what was read before: it could not be read again. What is there, and what was typed, stays. */
export function Stale({ error }: { error: Error | null }) {
  if (!error) return null;
  return (
    <p role="alert" className="my-3 rounded-sm bg-accent-soft p-3 text-danger">
      <Said of={error} />
    </p>
  );
}
