import { useId, useState } from 'react';
import { locales, t } from '@/lib/messages.ts';
import { dayOf, order } from './dates.ts';

interface Shown {
  label: string;
  /** The day as the interface takes it; nothing while it is none. */
  change: (day: string | undefined) => void;
  /** Whether to say that it is no date. */
  wrong: boolean;
  children?: React.ReactNode;
}

/** A date as it stands on a document, typed in three fields in the reader's order. */
export function DateTyped({ label, change, wrong, children }: Shown) {
  const [parts, setParts] = useState({ day: '', month: '', year: '' });
  const field = useId();
  const set = (part: keyof typeof parts, text: string) => {
    const next = { ...parts, [part]: text.replaceAll(/\D/g, '') };
    setParts(next);
    change(dayOf(next.year, next.month, next.day));
  };
  return (
    <fieldset aria-describedby={`${field}-problem`}>
      <legend className="font-medium">{label}</legend>
      <div className="mt-1 flex gap-2">
        {order(locales()).map((part) => (
          <label key={part} className={part === 'year' ? 'flex-[3]' : 'flex-[2]'}>
            <span className="block text-sm text-muted">{t(`driver.check.${part}`)}</span>
            <input
              inputMode="numeric"
              autoComplete="off"
              maxLength={part === 'year' ? 4 : 2}
              value={parts[part]}
              onChange={({ target }) => set(part, target.value)}
              aria-invalid={wrong || undefined}
              className="block h-14 w-full rounded-sm border border-control bg-bg text-center text-2xl tabular-nums"
            />
          </label>
        ))}
      </div>
      <p id={`${field}-problem`} role="alert" className="mt-1 font-medium text-danger empty:hidden">
        {wrong && t('driver.check.date')}
      </p>
      {children}
    </fieldset>
  );
}
