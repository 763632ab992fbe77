import { useNavigate } from '@tanstack/react-router';
import { useId, useState } from 'react';
import { t } from '@/lib/messages.ts';
import { type Hit, useHits } from './hits.ts';

/** A field, and what is found by what it says. */
export function Finder({ all, close }: { all: boolean; close: () => void }) {
  const [text, setText] = useState('');
  const [at, setAt] = useState(0);
  const id = useId();
  const navigate = useNavigate();
  const hits = useHits(text, all);
  const shown = Math.min(at, hits.length - 1);
  const go = ({ to }: Hit) => {
    close();
    void navigate(to);
  };
  const steps: Record<string, number> = { ArrowDown: 1, ArrowUp: -1 };
  return (
    <>
      <input
        type="text"
        role="combobox"
        aria-label={t('palette.title')}
        aria-expanded={hits.length > 0}
        aria-controls={`${id}-list`}
        aria-activedescendant={hits[shown] && `${id}-${shown}`}
        aria-autocomplete="list"
        placeholder={t(all ? 'palette.hint' : 'palette.hint.pages')}
        maxLength={200}
        autoComplete="off"
        // biome-ignore lint/a11y/noAutofocus: it was asked for, to type
        autoFocus
        value={text}
        onChange={({ target }) => {
          setText(target.value);
          setAt(0);
        }}
        onKeyDown={(event) => {
          const step = steps[event.key];
          const hit = hits[shown];
          if (event.key === 'Enter' && hit && !event.nativeEvent.isComposing) go(hit);
          if (!step || hits.length === 0) return;
          event.preventDefault();
          const next = (shown + step + hits.length) % hits.length;
          setAt(next);
          document.getElementById(`${id}-${next}`)?.scrollIntoView({ block: 'nearest' });
        }}
        className="block h-14 w-full rounded-t-md bg-surface px-4 text-lg -outline-offset-4"
      />
      <div
        id={`${id}-list`}
        role="listbox"
        aria-label={t('palette.found')}
        className="max-h-[50vh] overflow-y-auto"
      >
        {hits.map((hit, place) => (
          <Option key={hit.key} id={`${id}-${place}`} hit={hit} shown={place === shown} go={() => go(hit)} />
        ))}
      </div>
      <p role="status" className={hits.length > 0 ? 'sr-only' : 'border-t border-hairline p-4 text-muted'}>
        {hits.length > 0 ? t('palette.n', { n: hits.length }) : t('palette.none')}
      </p>
    </>
  );
}

interface OptionShown {
  id: string;
  hit: Hit;
  shown: boolean;
  go: () => void;
}

function Option({ id, hit, shown, go }: OptionShown) {
  return (
    // The keys are the field's.
    // biome-ignore lint/a11y/useKeyWithClickEvents: the focus stays in the field, which hears them
    <div
      id={id}
      role="option"
      tabIndex={-1}
      aria-selected={shown}
      onClick={go}
      className="flex min-h-11 cursor-pointer flex-wrap items-baseline gap-x-3 border-t border-hairline px-4 py-2.5 hover:bg-bg aria-selected:bg-brand-soft"
    >
      <bdi className="font-medium">{hit.text}</bdi>
      {hit.note && <bdi className="min-w-0 text-sm text-muted [overflow-wrap:anywhere]">{hit.note}</bdi>}
      <span className="ms-auto text-sm text-muted">{t(hit.kind)}</span>
    </div>
  );
}
