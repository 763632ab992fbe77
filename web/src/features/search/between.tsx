import { t } from '@/lib/messages.ts';
import { useFollowing } from '@/lib/typed.ts';
import type { Bound, Filters, Range } from './filters.ts';

interface Shown {
  range: Range;
  /** What it is called, and in what. */
  name: string;
  scale: number;
  /** What there is, where that is known. */
  least?: number | null;
  most?: number | null;
  chosen: Filters;
  choose: (change: Partial<Filters>) => void;
}

/** From how much to how much. It holds once somebody has typed it to its end. */
export function Between({ range, name, scale, least, most, chosen, choose }: Shown) {
  const set = (bound: Bound, other: Bound, value: number | undefined) => {
    if (value === chosen[bound]) return;
    const limit = chosen[other];
    const against =
      value !== undefined && limit !== undefined && (bound.endsWith('min') ? value > limit : value < limit);
    choose({ [bound]: value, ...(against && { [other]: undefined }) });
  };
  const min = `${range}_min` as const;
  const max = `${range}_max` as const;
  return (
    <fieldset>
      <legend className="text-sm font-medium">{name}</legend>
      <div className="mt-1 flex items-center gap-2">
        <End
          name={t('search.from', { what: name })}
          value={chosen[min]}
          scale={scale}
          there={least}
          set={(value) => set(min, max, value)}
        />
        <span aria-hidden="true">–</span>
        <End
          name={t('search.to', { what: name })}
          value={chosen[max]}
          scale={scale}
          there={most}
          set={(value) => set(max, min, value)}
        />
      </div>
    </fieldset>
  );
}

interface EndShown {
  name: string;
  value?: number;
  scale: number;
  there?: number | null;
  set: (value?: number) => void;
}

function End({ name, value, scale, there, set }: EndShown) {
  const text = value === undefined ? '' : String(value / scale);
  const input = useFollowing(text);
  const take = () => {
    const typed = input.current?.value.trim().replace(',', '.') ?? '';
    const told = Math.round(Number(typed) * scale);
    // What is no number is left to be mended.
    if (Number.isFinite(told) && told >= 0) set(typed ? told : undefined);
  };
  return (
    <input
      ref={input}
      inputMode="decimal"
      aria-label={name}
      defaultValue={text}
      placeholder={there == null ? undefined : String(there / scale)}
      maxLength={9}
      autoComplete="off"
      onBlur={take}
      onKeyDown={({ key }) => key === 'Enter' && take()}
      className="h-11 w-full min-w-0 rounded-sm border border-control bg-surface px-3"
    />
  );
}
