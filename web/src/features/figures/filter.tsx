import { useId, useState } from 'react';
import { shifted, today } from '@/lib/days.ts';
import { t } from '@/lib/messages.ts';
import type { Shown } from './shown.ts';

interface FilterShown {
  chosen: Shown;
  choose: (chosen: Shown) => void;
  type: (chosen: Shown) => void;
  span: { from: string; to: string };
  zone: string;
  stores?: { store: string; name: string }[];
}

const LENGTHS = [7, 30, 90, 365] as const;
/** The house tells no more at once. */
const MOST = 366;
const box = 'h-11 rounded-sm border border-control bg-surface px-3';

/** Which days, and whose. */
export function Filter({ chosen, choose, type, span, zone, stores }: FilterShown) {
  const [from, setFrom] = useState(span.from);
  const [to, setTo] = useState(span.to);
  const id = useId();
  const wrong = !from || !to || from > to || shifted(from, MOST - 1) < to;
  const set = (next: { from: string; to: string }, go = type) => {
    setFrom(next.from);
    setTo(next.to);
    const fits = next.from && next.to && next.from <= next.to && shifted(next.from, MOST - 1) >= next.to;
    if (fits) go({ ...chosen, ...next });
  };
  const last = today(zone);
  return (
    <search className="mt-4 flex flex-wrap items-end gap-x-4 gap-y-3">
      <label className="block">
        <span className="mb-1 block text-sm font-medium">{t('figures.from')}</span>
        <input
          type="date"
          value={from}
          aria-invalid={wrong}
          aria-describedby={id}
          onChange={({ target }) => set({ from: target.value, to })}
          className={box}
        />
      </label>
      <label className="block">
        <span className="mb-1 block text-sm font-medium">{t('figures.to')}</span>
        <input
          type="date"
          value={to}
          aria-invalid={wrong}
          aria-describedby={id}
          onChange={({ target }) => set({ from, to: target.value })}
          className={box}
        />
      </label>
      <fieldset className="flex flex-wrap gap-2">
        <legend className="sr-only">{t('figures.often')}</legend>
        {LENGTHS.map((days) => (
          <button
            key={days}
            type="button"
            aria-pressed={to === last && from === shifted(last, 1 - days)}
            onClick={() => set({ from: shifted(last, 1 - days), to: last }, choose)}
            className="min-h-11 rounded-pill border border-control px-4 aria-pressed:border-brand aria-pressed:bg-brand-soft"
          >
            {t('figures.days', { n: days })}
          </button>
        ))}
      </fieldset>
      {stores && (
        <label className="block min-w-0">
          <span className="mb-1 block text-sm font-medium">{t('figures.store')}</span>
          <select
            value={chosen.store ?? ''}
            onChange={({ target }) => choose({ ...chosen, store: target.value || undefined })}
            className={`${box} w-full max-w-80`}
          >
            <option value="">{t('figures.store.all')}</option>
            {stores.map(({ store, name }) => (
              <option key={store} value={store}>
                {name}
              </option>
            ))}
          </select>
        </label>
      )}
      <p
        id={id}
        role="status"
        className={`w-full text-sm ${wrong ? 'font-medium text-danger' : 'text-muted'}`}
      >
        {wrong ? t('figures.wrong', { n: MOST }) : t('figures.zone', { zone })}
      </p>
    </search>
  );
}
