import { useState } from 'react';
import { t } from '@/lib/messages.ts';
import type { Failed } from '@/lib/network.ts';
import { dangerous, quiet, secondary } from './button.ts';
import { Said } from './said.tsx';

interface Shown {
  /** What the button says. */
  text: string;
  /** The same with what it is about, for who does not see that. */
  label?: string;
  /** What comes of it. */
  warning: string;
  act: { mutate: (nothing: undefined) => void; isPending: boolean; error: Failed | null };
}

/** For what cannot be taken back: asked for in a second step. */
export function Sure({ text, label, warning, act }: Shown) {
  const [asked, setAsked] = useState(false);
  if (!asked) {
    return (
      <button type="button" aria-label={label} onClick={() => setAsked(true)} className={`${secondary} px-4`}>
        {text}
      </button>
    );
  }
  return (
    <div className="max-w-80 text-start">
      <p>{warning}</p>
      {act.error && (
        <p role="alert" className="mt-1 text-danger">
          <Said of={act.error} />
        </p>
      )}
      <p className="mt-2 flex flex-wrap gap-x-4 gap-y-2">
        <button
          type="button"
          aria-label={label}
          aria-busy={act.isPending}
          disabled={act.isPending}
          // biome-ignore lint/a11y/noAutofocus: it stands where the button was that was pressed
          autoFocus
          onClick={() => act.mutate(undefined)}
          className={`${dangerous} px-4`}
        >
          {text}
        </button>
        <button type="button" onClick={() => setAsked(false)} className={quiet}>
          {t('sure.no')}
        </button>
      </p>
    </div>
  );
}
