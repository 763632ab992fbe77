/** Filters above lists besides those that are chosen. */
import { useFollowing } from '@/lib/typed.ts';

interface Shown {
  name: string;
  value?: string;
  most: number;
  /** What was looked for, none where the field is empty. */
  look: (text?: string) => void;
}

/** Looked for when it was typed to its end. */
export function Sought({ name, value, most, look }: Shown) {
  return (
    <search>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          look(String(new FormData(event.currentTarget).get('sought') ?? '').trim() || undefined);
        }}
      >
        <input
          // It follows the address, back and forth.
          key={value}
          type="search"
          name="sought"
          aria-label={name}
          placeholder={name}
          defaultValue={value}
          maxLength={most}
          autoComplete="off"
          // What is cleared by the browser's own button is not looked for any more.
          onInput={({ currentTarget }) => currentTarget.value === '' && value && look(undefined)}
          className="h-11 w-64 max-w-full rounded-pill border border-control bg-surface px-4"
        />
      </form>
    </search>
  );
}

interface DayShown {
  name: string;
  value?: string;
  min?: string;
  max?: string;
  type: (day?: string) => void;
}

/** The house knows no orders of before. */
const FIRST = '1970-01-01';

export function Day({ name, value, min, max, type }: DayShown) {
  const input = useFollowing(value);
  return (
    <label className="flex min-w-0 flex-wrap items-center gap-x-3 gap-y-1">
      <span className="text-sm font-medium">{name}</span>
      <input
        ref={input}
        type="date"
        defaultValue={value}
        min={min}
        max={max}
        // A year is one of long ago until its last digit is typed.
        onChange={({ target }) => (!target.value || target.value >= FIRST) && type(target.value || undefined)}
        className="h-11 rounded-sm border border-control bg-surface px-3"
      />
    </label>
  );
}
