interface Shown {
  name: string;
  value: string;
  choices: (readonly [value: string, text: string])[];
  choose: (value: string) => void;
}

/** One of the filters above a list. */
export function Select({ name, value, choices, choose }: Shown) {
  return (
    <label className="flex min-w-0 flex-wrap items-center gap-x-3 gap-y-1">
      <span className="text-sm font-medium">{name}</span>
      <select
        value={value}
        onChange={({ target }) => choose(target.value)}
        className="h-11 max-w-full min-w-0 rounded-sm border border-control bg-surface px-3"
      >
        {choices.map(([one, text]) => (
          <option key={one} value={one}>
            {text}
          </option>
        ))}
      </select>
    </label>
  );
}
