import type { Schema } from '@tipple/api';
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
  return (
    <label className="flex w-full flex-wrap items-center gap-x-2 text-sm text-muted">
      {t('missing.label')}
      <select
        value={wish}
        aria-busy={busy}
        aria-label={t('missing.of', { name })}
        onChange={({ target }) => choose(target.value as Wish)}
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
