import { useState } from 'react';
import { day } from '@/lib/format.ts';
import { t } from '@/lib/messages.ts';
import { quiet, secondary } from '@/ui/button.ts';

interface Shown {
  days: string[];
  change: (days: string[]) => void;
}

/** Days on which nothing is sold. */
export function DryDays({ days, change }: Shown) {
  const [date, setDate] = useState('');
  return (
    <fieldset>
      <legend className="text-sm font-semibold">{t('law.dryDays')}</legend>
      {days.length === 0 && <p className="text-muted">{t('law.no')}</p>}
      <ul>
        {days.toSorted().map((one) => (
          <li key={one} className="flex flex-wrap items-center gap-x-4">
            {day(one)}
            <button
              type="button"
              aria-label={t('law.new.removeOf', { what: day(one) })}
              onClick={() => change(days.filter((it) => it !== one))}
              className={quiet}
            >
              {t('law.new.remove')}
            </button>
          </li>
        ))}
      </ul>
      <div className="mt-1 flex flex-wrap items-center gap-3">
        <input
          type="date"
          aria-label={t('law.new.day')}
          value={date}
          onChange={({ target }) => setDate(target.value)}
          className="h-11 rounded-sm border border-control bg-bg px-3"
        />
        <button
          type="button"
          disabled={!date || days.includes(date)}
          onClick={() => {
            change([...days, date]);
            setDate('');
          }}
          className={secondary}
        >
          {t('law.new.addDay')}
        </button>
      </div>
    </fieldset>
  );
}
