import { t } from '@/lib/messages.ts';
import { quiet } from './button.ts';
import { Said } from './said.tsx';

/** Over what was read before: it could not be read again. What is there, and what was typed, stays. */
export function Stale({ error, again }: { error: Error | null; again?: () => unknown }) {
  if (!error) return null;
  return (
    <p role="alert" className="my-3 rounded-sm bg-accent-soft p-3 text-danger">
      <Said of={error} />{' '}
      {again && (
        <button type="button" onClick={() => again()} className={quiet}>
          {t('problem.again')}
        </button>
      )}
    </p>
  );
}
