import { t } from '@/lib/messages.ts';
import { useSending } from '@/lib/sending.ts';
import { primary, secondary } from '@/ui/button.ts';
import { Said } from '@/ui/said.tsx';
import type { Dead } from './replays.ts';

interface Shown {
  letters: Dead[];
  put: (letters: Dead[]) => Promise<void>;
  done?: () => void;
  /** What it is, for who does not see beside what the button stands. */
  label?: string;
}

/** Puts one letter back, or those that are chosen. */
export function PutBack({ letters, put, done, label }: Shown) {
  const back = useSending(
    () => put(letters),
    () => done?.(),
  );
  return (
    <>
      <button
        type="button"
        aria-label={label}
        aria-busy={back.isPending}
        disabled={back.isPending}
        onClick={() => back.mutate(undefined)}
        className={label ? secondary : primary}
      >
        {label ? t('dead.put') : t('dead.putChosen', { n: letters.length })}
      </button>
      {back.error && (
        <p role="alert" className="text-danger">
          <Said of={back.error} />
        </p>
      )}
    </>
  );
}
