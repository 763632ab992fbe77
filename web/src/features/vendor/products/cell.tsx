import { useId, useState } from 'react';
import { t } from '@/lib/messages.ts';
import { said } from '@/lib/said.ts';
import { Overtaken } from './changes.ts';

interface Shown {
  /** Which column it is in: Enter goes on to the next below. */
  column: 'price' | 'threshold';
  label: string;
  value: string;
  /** Whether it can be sent at all. */
  valid: (text: string) => boolean;
  save: (text: string) => Promise<void>;
}

/** A field that is saved when one leaves it. What was typed stays while the house does not take it; Escape drops it. */
export function Cell({ column, label, value, valid, save }: Shown) {
  const [draft, setDraft] = useState<string>();
  const [busy, setBusy] = useState(false);
  const [failed, setFailed] = useState<Error>();
  const id = useId();
  const commit = async () => {
    if (busy || draft === undefined) return;
    setFailed(undefined);
    if (draft.trim() === value) return setDraft(undefined);
    if (!valid(draft)) return setFailed(new WrongForm());
    setBusy(true);
    try {
      await save(draft);
      setDraft(undefined);
    } catch (problem) {
      setFailed(problem as Error);
    }
    setBusy(false);
  };
  return (
    <>
      <input
        aria-label={label}
        aria-invalid={failed ? true : undefined}
        aria-describedby={id}
        aria-busy={busy}
        data-column={column}
        inputMode="decimal"
        autoComplete="off"
        value={draft ?? value}
        onChange={({ target }) => setDraft(target.value)}
        onFocus={({ target }) => target.select()}
        onBlur={commit}
        onKeyDown={({ key, currentTarget }) => {
          if (key === 'Enter') {
            const next = nextBelow(currentTarget, column);
            // To leave it saves it.
            if (next) next.focus();
            else void commit();
          }
          if (key === 'Escape') {
            setDraft(undefined);
            setFailed(undefined);
          }
        }}
        className="h-11 w-24 rounded-sm border border-control bg-bg px-2 text-end tabular-nums aria-busy:opacity-60 aria-invalid:border-danger"
      />
      <p
        id={id}
        aria-live="polite"
        className="max-w-52 md:ms-auto text-sm font-medium text-danger empty:hidden"
      >
        {failed && why(failed, value)}
      </p>
    </>
  );
}

class WrongForm extends Error {}

function why(failed: Error, value: string): string {
  if (failed instanceof WrongForm) return t('products.wrong');
  if (failed instanceof Overtaken) return t('products.overtaken', { now: value });
  return said(failed);
}

function nextBelow(field: HTMLInputElement, column: string): HTMLInputElement | undefined {
  const all = [...document.querySelectorAll<HTMLInputElement>(`input[data-column="${column}"]`)];
  return all[all.indexOf(field) + 1];
}
