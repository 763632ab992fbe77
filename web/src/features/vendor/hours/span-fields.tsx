import { useId } from 'react';
import { t } from '@/lib/messages.ts';
import { quiet } from '@/ui/button.ts';
import type { Spans } from './page.tsx';

/** What a new span says until somebody sets it. */
const USUAL = { from: '09:00:00', until: '17:00:00' };

interface Shown {
  label: string;
  spans: Spans;
  change: (spans: Spans) => void;
  children?: React.ReactNode;
}

/** The hours of one day; none is closed. */
export function SpanFields({ label, spans, change, children }: Shown) {
  return (
    <fieldset className="grid gap-x-3 gap-y-1 py-3 sm:grid-cols-[7rem_1fr]">
      <legend className="float-left font-medium sm:pt-2">{label}</legend>
      <div className="space-y-2">
        {spans.map((span, place) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: a span is nothing but its place and its times
          <div key={place} className="flex flex-wrap items-center gap-1">
            <Time
              label={t('hours.from', { day: label })}
              value={span.from}
              change={(from) => change(spans.with(place, { ...span, from }))}
            />
            <span aria-hidden="true">–</span>
            <Time
              label={t('hours.until', { day: label })}
              value={span.until}
              change={(until) => change(spans.with(place, { ...span, until }))}
            />
            <button
              type="button"
              aria-label={t('hours.removeOf', { day: label })}
              onClick={() => change(spans.toSpliced(place, 1))}
              className="flex size-11 items-center justify-center rounded-full text-danger hover:bg-bg"
            >
              <svg viewBox="0 0 24 24" aria-hidden="true" className="size-5 stroke-current stroke-2">
                <path d="M5 5l14 14M19 5L5 19" strokeLinecap="round" />
              </svg>
            </button>
          </div>
        ))}
        <p className="flex flex-wrap items-center gap-x-3">
          {spans.length === 0 && <span className="text-muted">{t('hours.closed')}</span>}
          <button
            type="button"
            aria-label={t('hours.addOf', { day: label })}
            onClick={() => change([...spans, USUAL])}
            className={quiet}
          >
            {t('hours.add')}
          </button>
          {children}
        </p>
      </div>
    </fieldset>
  );
}

interface TimeShown {
  label: string;
  value: string;
  change: (time: string) => void;
}

/** A time of day; the house writes seconds, too. */
function Time({ label, value, change }: TimeShown) {
  const id = useId();
  return (
    <span>
      <input
        id={id}
        type="time"
        aria-label={label}
        aria-describedby={`${id}-problem`}
        value={value.slice(0, 5)}
        onChange={({ target }) => change(target.value && `${target.value}:00`)}
        required
        className="h-11 rounded-sm border border-control bg-bg px-1.5 tabular-nums aria-invalid:border-danger"
      />
      {/* A form puts there what is wrong with it. */}
      <span id={`${id}-problem`} className="block text-sm font-medium text-danger empty:hidden" />
    </span>
  );
}
