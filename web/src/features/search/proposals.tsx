import { useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { type RefObject, useEffect, useId, useLayoutEffect, useState } from 'react';
import { t } from '@/lib/messages.ts';
import { reading } from '@/lib/reading.ts';
import { keyOf, optionOf, type Proposal, Proposed, proposalsOf } from './proposed.tsx';

/** What the field says of its list to those who do not see it. */
export interface Said {
  expanded: boolean;
  /** Its id. */
  list?: string;
  /** The id of what the arrow keys have come to. */
  active?: string;
}

export interface Proposing {
  input: RefObject<HTMLInputElement | null>;
  say: (said: Said) => void;
  /** Somebody has chosen. */
  done: () => void;
}

/** One letter fits nearly everything. */
const LEAST = 2;
const MOST = 6;
/** Milliseconds. */
const PAUSE = 150;

/** What somebody may mean who is typing, typing errors forgiven: the server finds it, as it does for the search page. */
export function Proposals({ input, say, done }: Proposing) {
  const id = useId();
  const navigate = useNavigate();
  const [typed, setTyped] = useState(() => begunWith(input.current));
  const [open, setOpen] = useState(true);
  const [active, setActive] = useState<string>();
  const words = useLater(typed);
  const enough = open && Math.min(typed.length, words.length) >= LEAST;
  const { data, isPlaceholderData: old } = useQuery({
    ...reading('/v1/catalogue/products', { query: { q: words, limit: MOST } }),
    enabled: enough,
    // What was found before stays until there is something better, so that nothing flickers.
    placeholderData: (before) => before,
  });
  const all = enough && data ? proposalsOf(data.items) : [];
  const expanded = all.length > 0;
  const known = enough && data && !old;
  const place = all.findIndex((one) => keyOf(one) === active);

  const go = (one: Proposal) => {
    if (input.current) input.current.value = '';
    done();
    if ('kind' in one) return navigate({ to: '/c/$', params: { _splat: one.kind } });
    return navigate({
      to: '/p/$product',
      params: { product: one.drink.product },
      state: { from: 'search' },
    });
  };

  const pressed = (event: KeyboardEvent) => {
    // While letters are put together the keys are those of whatever does that.
    if (event.isComposing) return;
    if (event.key === 'Escape' && enough) {
      setOpen(false);
      event.preventDefault();
    } else if ((event.key === 'ArrowDown' || event.key === 'ArrowUp') && (expanded || !open)) {
      const step = event.key === 'ArrowDown' ? 1 : -1;
      // Between the last and the first one is back in the field.
      const places = all.length + 1;
      const next = all[((place + 1 + step + places) % places) - 1];
      setActive(open && next ? keyOf(next) : undefined);
      setOpen(true);
      event.preventDefault();
    } else if (event.key === 'Enter') {
      const one = all[place];
      if (one) event.preventDefault();
      if (one) void go(one);
      else setOpen(false);
    }
  };

  // Before anything is painted: a letter typed between the first sight of the list and this would go unheard.
  useLayoutEffect(() => {
    const field = input.current;
    const heard = () => {
      setTyped(field?.value.trim() ?? '');
      setOpen(true);
      setActive(undefined);
    };
    const left = () => setOpen(false);
    field?.addEventListener('input', heard);
    field?.addEventListener('keydown', pressed);
    field?.addEventListener('blur', left);
    return () => {
      field?.removeEventListener('input', heard);
      field?.removeEventListener('keydown', pressed);
      field?.removeEventListener('blur', left);
    };
  });
  const chosen = place >= 0 ? optionOf(id, place) : undefined;
  useEffect(() => {
    say({ expanded, list: expanded ? id : undefined, active: chosen });
    if (chosen) document.getElementById(chosen)?.scrollIntoView?.({ block: 'nearest' });
    return () => say({ expanded: false });
  }, [say, id, expanded, chosen]);

  return (
    <>
      <p role="status" className="sr-only">
        {known && t('proposals.count', { n: all.length })}
      </p>
      {(expanded || known) && (
        <div className="absolute inset-x-0 top-full z-20 mt-1 max-h-[min(30rem,50dvh)] overflow-y-auto rounded-md border border-hairline bg-surface shadow-lg">
          {expanded ? (
            <Proposed id={id} all={all} active={active} go={go} />
          ) : (
            <p className="px-4 py-3 text-muted">{t('proposals.none', { words })}</p>
          )}
        </div>
      )}
    </>
  );
}

/** What was typed before there was anything to propose; what stands in the field from the start nobody typed. */
function begunWith(field: HTMLInputElement | null): string {
  return field && field.value !== field.defaultValue ? field.value.trim() : '';
}

/** The same once it has not changed for a moment: most type the next letter sooner. */
function useLater(text: string): string {
  const [later, setLater] = useState('');
  useEffect(() => {
    const waiting = setTimeout(() => setLater(text), PAUSE);
    return () => clearTimeout(waiting);
  }, [text]);
  return later;
}
