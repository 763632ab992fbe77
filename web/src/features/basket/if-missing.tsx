import type { Schema } from '@tipple/api';
import { useState } from 'react';
import { t, word } from '@/lib/messages.ts';

type Wish = Schema<'IfMissing'>;
const WISHES: Wish[] = ['none', 'best_match'];

interface Shown {
  name: string;
  wish: Wish;
  busy: boolean;
  choose: (wish: Wish) => void;
}

/** What the store shall do where it turns out to have fewer. */
export function IfMissing({ name, wish, busy, choose }: Shown) {
  // As it was chosen, while the house hears of it.
  const [chosen, setChosen] = useState<Wish>();
  return (
    <label className="flex w-full flex-wrap items-center gap-x-2 text-sm text-muted">
      {t('missing.label')}
      <select
        value={(busy && chosen) || wish}
        aria-busy={busy}
        aria-label={t('missing.of', { name })}
        onChange={({ target }) => {
          setChosen(target.value as Wish);
          choose(target.value as Wish);
        }}
        className="h-11 max-w-full min-w-0 rounded-sm border border-control bg-bg px-2 text-ink"
      >
        {WISHES.map((one) => (
          <option key={one} value={one}>
            {word('missing', one)}
          </option>
        ))}
      </select>
    </label>
  );
}
