import { useEffect, useRef } from 'react';

interface Shown {
  label: string;
  value: number;
  fits: (value: number) => boolean;
  change: (value: number) => void;
  className?: string;
}

export const latitude = (value: number) => Math.abs(value) <= 90;
export const longitude = (value: number) => Math.abs(value) <= 180;

/** A number that is taken when it is left, so that half of it moves nothing. */
export function Typed({ label, value, fits, change, className = 'w-full' }: Shown) {
  const input = useRef<HTMLInputElement>(null);
  useEffect(() => {
    if (input.current) input.current.value = String(value);
  }, [value]);
  const take = (field: HTMLInputElement) => {
    const typed = Number(field.value);
    if (field.value.trim() === '' || !fits(typed)) field.value = String(value);
    else if (typed !== value) change(typed);
  };
  return (
    <input
      ref={input}
      inputMode="decimal"
      aria-label={label}
      defaultValue={value}
      onKeyDown={(event) => {
        if (event.key !== 'Enter') return;
        // It is one number, not yet the whole.
        event.preventDefault();
        take(event.currentTarget);
      }}
      onBlur={({ target }) => take(target)}
      className={`block h-11 rounded-sm border border-control bg-bg px-3 tabular-nums ${className}`}
    />
  );
}
