import type { ReactNode } from 'react';

interface Chosen {
  group: string;
  checked: boolean;
  disabled?: boolean;
  choose: () => void;
  children: ReactNode;
}

/** One of several, as wide as its place. */
export function Choice({ group, checked, disabled, choose, children }: Chosen) {
  return (
    <label className="flex min-h-11 cursor-pointer items-center justify-center rounded-pill border border-control px-2 text-center text-sm tabular-nums sm:text-base has-checked:border-brand has-checked:bg-brand-soft has-disabled:cursor-default has-disabled:border-hairline has-disabled:text-muted has-focus-visible:outline-3 has-focus-visible:outline-offset-2 has-focus-visible:outline-brand">
      <input
        type="radio"
        name={group}
        className="sr-only"
        checked={checked}
        disabled={disabled}
        onChange={choose}
      />
      <span>{children}</span>
    </label>
  );
}
