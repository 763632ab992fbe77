import type { Schema } from '@tipple/api';
import { useId, useState } from 'react';
import { t } from '@/lib/messages.ts';
import { quiet, secondary } from '@/ui/button.ts';
import type { Pick, PutIn } from './picks.ts';
import { Replacement } from './replacement.tsx';

interface Shown {
  order: string;
  line: Schema<'OrderLine'>;
  /** Nothing where it was thought better of. */
  say: (pick?: Pick) => void;
}

/** How many there are, and what goes in for the rest where the customer wants that. */
export function Short({ order, line, say }: Shown) {
  const id = useId();
  const [picked, setPicked] = useState(0);
  const [instead, setInstead] = useState<PutIn>();
  const missing = line.quantity - picked;
  // Fewer are missing than were to be put in for them.
  const putIn = instead && { ...instead, quantity: Math.min(instead.quantity, missing) };
  return (
    <fieldset className="mb-3 space-y-3 rounded-sm border border-hairline p-3">
      <legend className="sr-only">{t('pick.short.of', { name: line.name })}</legend>
      <div className="flex flex-wrap items-center gap-x-3">
        <label htmlFor={id} className="text-sm font-medium">
          {t('pick.there')}
        </label>
        <select
          id={id}
          // biome-ignore lint/a11y/noAutofocus: who pressed the button above goes on here
          autoFocus
          value={picked}
          onChange={({ target }) => setPicked(Number(target.value))}
          className="h-11 rounded-sm border border-control bg-bg px-3 tabular-nums"
        >
          {[...Array(line.quantity).keys()].map((there) => (
            <option key={`${there}`} value={there}>
              {t('pick.packed', { packed: there, ordered: line.quantity })}
            </option>
          ))}
        </select>
      </div>
      {line.if_missing === 'none' ? (
        <p className="text-sm text-muted">{t('pick.leaveOut')}</p>
      ) : (
        <Replacement order={order} line={line} missing={missing} putIn={putIn} choose={setInstead} />
      )}
      <div className="flex flex-wrap gap-x-4">
        <button type="button" onClick={() => say({ picked, instead: putIn })} className={secondary}>
          {putIn ? t('pick.replace') : t('pick.without')}
        </button>
        <button type="button" onClick={() => say(undefined)} className={quiet}>
          {t('pick.cancel')}
        </button>
      </div>
    </fieldset>
  );
}
