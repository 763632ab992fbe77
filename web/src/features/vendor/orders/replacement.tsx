import { useQuery } from '@tanstack/react-query';
import type { Schema } from '@tipple/api';
import { useDeferredValue, useId, useState } from 'react';
import { money } from '@/lib/format.ts';
import { t, word } from '@/lib/messages.ts';
import { reading } from '@/lib/reading.ts';
import { size } from '@/ui/drink-card.tsx';
import { Said } from '@/ui/said.tsx';
import { Bar } from '@/ui/waiting.tsx';
import type { PutIn } from './picks.ts';

type Candidate = Schema<'Candidate'>;

interface Shown {
  order: string;
  line: Schema<'OrderLine'>;
  missing: number;
  putIn?: PutIn;
  choose: (putIn?: PutIn) => void;
}

/** What of the store's own goes in instead: those that may, as the house says, with why not of the others. */
export function Replacement({ order, line, missing, putIn, choose }: Shown) {
  const id = useId();
  const [typed, setTyped] = useState('');
  const words = useDeferredValue(typed.trim());
  const { data, error } = useQuery({
    ...reading('/v1/orders/orders/{order}/lines/{line}/replacements', {
      path: { order, line: line.line },
      query: words ? { q: words } : {},
    }),
    placeholderData: (before) => before,
  });
  const pick = ({ product, name, free }: Candidate) =>
    choose({ product, name, free, quantity: Math.min(free, missing) });
  return (
    <div className="space-y-2">
      <label htmlFor={id} className="block text-sm font-medium">
        {t('pick.find')}
      </label>
      <input
        id={id}
        type="search"
        value={typed}
        maxLength={100}
        autoComplete="off"
        onChange={({ target }) => setTyped(target.value)}
        className="block h-11 w-full rounded-sm border border-control bg-bg px-3"
      />
      {error && (
        <p role="alert" className="text-danger">
          <Said of={error} />
        </p>
      )}
      {!data && !error && <Bar className="h-40 w-full" />}
      {data?.items.length === 0 && <p className="text-sm text-muted">{t('pick.find.none')}</p>}
      <fieldset
        className={data?.items.some(({ why_not }) => !why_not) ? 'max-h-72 overflow-y-auto' : undefined}
      >
        <legend className="sr-only">{t('pick.candidates')}</legend>
        {data?.items.map((one) => (
          <Found
            key={one.product}
            group={id}
            one={one}
            chosen={putIn?.product === one.product}
            choose={() => pick(one)}
          />
        ))}
      </fieldset>
      {putIn && (
        <p className="flex flex-wrap items-center gap-x-3 text-sm">
          <label htmlFor={`${id}-units`} className="font-medium">
            {t('pick.units', { name: putIn.name })}
          </label>
          <select
            id={`${id}-units`}
            value={putIn.quantity}
            onChange={({ target }) => choose({ ...putIn, quantity: Number(target.value) })}
            className="h-11 rounded-sm border border-control bg-bg px-3 tabular-nums"
          >
            {[...Array(Math.min(missing, putIn.free)).keys()].map((before) => (
              <option key={`${before + 1}`}>{before + 1}</option>
            ))}
          </select>
          <span className="text-muted">{t('pick.most')}</span>
        </p>
      )}
    </div>
  );
}

interface FoundShown {
  group: string;
  one: Candidate;
  chosen: boolean;
  choose: () => void;
}

function Found({ group, one, chosen, choose }: FoundShown) {
  return (
    <label className="flex min-h-11 items-center gap-3 py-1 has-disabled:text-muted">
      <input
        type="radio"
        name={`${group}-instead`}
        checked={chosen}
        disabled={Boolean(one.why_not)}
        onChange={choose}
        className="size-5 shrink-0 accent-brand"
      />
      <span className="min-w-0 flex-1 [overflow-wrap:anywhere]">
        <bdi>{one.name}</bdi> <span className="text-sm text-muted">{size(one.drink)}</span>
        <span className="block text-sm text-muted">
          {one.why_not ? word('whynot', one.why_not) : t('pick.free', { n: one.free })}
        </span>
      </span>
      <span className="text-sm tabular-nums">{money(one.price)}</span>
    </label>
  );
}
