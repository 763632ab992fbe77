import { t } from '@/lib/messages.ts';
import { quiet } from './button.ts';

interface Shown {
  again: () => void;
  /** What it is called to try again. */
  label?: string;
  /** What could not be fetched, where it does not stand beside it. */
  children?: React.ReactNode;
}

/** A part of a page that is not there, where it would stand, and a way to have it after all. */
export function Anew({ again, label = t('problem.again'), children = t('part.failed') }: Shown) {
  return (
    <p role="alert">
      {children}{' '}
      <button type="button" onClick={() => again()} className={quiet}>
        {label}
      </button>
    </p>
  );
}
