import { t } from '@/lib/messages.ts';

interface Shown {
  from: string;
  to: string;
  type: (days: { from?: string; to?: string }) => void;
}

/** From which day to which. */
export function Days({ from, to, type }: Shown) {
  const box = 'h-11 rounded-sm border border-control bg-surface px-3';
  return (
    <>
      <label className="block">
        <span className="mb-1 block text-sm font-medium">{t('books.from')}</span>
        <input
          type="date"
          value={from}
          max={to}
          onChange={({ target }) => target.value && type({ from: target.value, to })}
          className={box}
        />
      </label>
      <label className="block">
        <span className="mb-1 block text-sm font-medium">{t('books.to')}</span>
        <input
          type="date"
          value={to}
          min={from}
          onChange={({ target }) => target.value && type({ from, to: target.value })}
          className={box}
        />
      </label>
    </>
  );
}
