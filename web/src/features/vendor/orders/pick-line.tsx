import type { Schema } from '@tipple/api';
import { useState } from 'react';
import { t } from '@/lib/messages.ts';
import { quiet } from '@/ui/button.ts';
import { Line } from './line.tsx';
import type { Pick } from './picks.ts';
import { Short } from './short.tsx';

interface Shown {
  order: string;
  line: Schema<'OrderLine'>;
  pick?: Pick;
  say: (pick?: Pick) => void;
}

/** Ticked as it goes into the bag; or how much of it there is, and what goes in for the rest. */
export function PickLine({ order, line, pick, say }: Shown) {
  const [open, setOpen] = useState(false);
  const lacks = pick && pick.picked < line.quantity;
  return (
    <li>
      <div className="flex flex-wrap items-center gap-x-3">
        <label className="flex min-h-12 min-w-0 flex-1 basis-48 cursor-pointer items-center gap-3 py-1 has-checked:text-muted has-checked:line-through">
          <input
            type="checkbox"
            checked={pick?.picked === line.quantity}
            onChange={({ target }) => say(target.checked ? { picked: line.quantity } : undefined)}
            className="size-6 shrink-0 accent-brand"
          />
          <Line line={line} />
        </label>
        {!pick && !open && (
          <button type="button" onClick={() => setOpen(true)} className={`${quiet} text-sm`}>
            {t('pick.short')} <span className="sr-only">{line.name}</span>
          </button>
        )}
      </div>
      {lacks && (
        <p className="mb-2 flex flex-wrap items-center justify-between gap-x-3 rounded-sm bg-accent-soft px-3">
          <span className="min-w-0 py-1 [overflow-wrap:anywhere]">
            {t('pick.packed', { packed: pick.picked, ordered: line.quantity })}
            {pick.instead && (
              <span className="block font-medium">
                {t('changes.instead', { n: pick.instead.quantity, name: pick.instead.name })}
              </span>
            )}
          </span>
          <button type="button" onClick={() => say(undefined)} className={quiet}>
            {t('pick.undo')}
          </button>
        </p>
      )}
      {open && !pick && (
        <Short
          order={order}
          line={line}
          say={(said) => {
            setOpen(false);
            if (said) say(said);
          }}
        />
      )}
    </li>
  );
}
