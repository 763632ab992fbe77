import { useState } from 'react';
import { day } from '@/lib/format.ts';
import { t } from '@/lib/messages.ts';
import { card, quiet, secondary } from '@/ui/button.ts';
import type { Spans } from './page.tsx';
import { SpanFields } from './span-fields.tsx';

interface Shown {
  exceptions: Record<string, Spans>;
  change: (exceptions: Record<string, Spans>) => void;
}

/** Days on which it is not as in other weeks. */
export function Exceptions({ exceptions, change }: Shown) {
  const [date, setDate] = useState('');
  return (
    <section className={card}>
      <h2 className="text-xl">{t('hours.exceptions')}</h2>
      <p className="mt-2 text-muted">{t('hours.exceptions.text')}</p>
      <div className="divide-y divide-hairline">
        {Object.entries(exceptions)
          .sort(([a], [b]) => a.localeCompare(b))
          .map(([date, spans]) => (
            <SpanFields
              key={date}
              label={day(date)}
              spans={spans}
              change={(next) => change({ ...exceptions, [date]: next })}
            >
              <button
                type="button"
                onClick={() =>
                  change(Object.fromEntries(Object.entries(exceptions).filter(([one]) => one !== date)))
                }
                className={quiet}
              >
                {t('hours.usual')}
              </button>
            </SpanFields>
          ))}
      </div>
      <div className="mt-2 flex flex-wrap items-center gap-3">
        <input
          type="date"
          aria-label={t('hours.date')}
          value={date}
          onChange={({ target }) => setDate(target.value)}
          className="h-11 rounded-sm border border-control bg-bg px-3"
        />
        <button
          type="button"
          disabled={!date || date in exceptions}
          onClick={() => {
            change({ ...exceptions, [date]: [] });
            setDate('');
          }}
          className={secondary}
        >
          {t('hours.exceptions.add')}
        </button>
      </div>
    </section>
  );
}
