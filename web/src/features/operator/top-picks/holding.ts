/** Taking a row and putting it down somewhere else: with a pointer, or with keys. */
import { useEffect, useState } from 'react';

export interface Held {
  from: number;
  /** Where it would be put down. */
  to: number;
}

/** So near to an edge of the window the page goes on, and so far at a time, in pixels. */
const EDGE = 72;
const STEP = 16;

const rows = () => [...document.querySelectorAll<HTMLElement>('[data-place]')];

/** The row under a pointer; the nearest where it is above or below all of them. */
function rowAt(y: number): number {
  const below = rows().findIndex((row) => y < row.getBoundingClientRect().bottom);
  return below < 0 ? rows().length - 1 : below;
}

/** Where a key leads. */
function aim(key: string, at: number, length: number): number | undefined {
  if (key === 'ArrowUp') return at - 1;
  if (key === 'ArrowDown') return at + 1;
  if (key === 'Home') return 0;
  if (key === 'End') return length - 1;
  return undefined;
}

export function useHolding(length: number, put: (held: Held) => void) {
  const [held, setHeld] = useState<Held>();
  const [dragging, setDragging] = useState(false);

  useEffect(() => {
    if (!dragging) return;
    const leaving = new AbortController();
    const on = <Type extends keyof WindowEventMap>(
      type: Type,
      heard: (event: WindowEventMap[Type]) => void,
    ) => window.addEventListener(type, heard, { signal: leaving.signal });
    const end = () => {
      setDragging(false);
      setHeld(undefined);
    };
    on('pointermove', ({ clientY }) => {
      if (clientY < EDGE) window.scrollBy(0, -STEP);
      if (clientY > window.innerHeight - EDGE) window.scrollBy(0, STEP);
      const to = rowAt(clientY);
      setHeld((held) => held && { ...held, to });
    });
    on('pointerup', ({ clientY }) => {
      end();
      if (held) put({ from: held.from, to: rowAt(clientY) });
    });
    on('pointercancel', end);
    on('keydown', ({ key }) => key === 'Escape' && end());
    return () => leaving.abort();
  }, [dragging, held, put]);

  const go = (to: number) => {
    if (!held || to < 0 || to >= length) return;
    setHeld({ ...held, to });
    rows()[to]?.scrollIntoView({ block: 'nearest' });
  };

  /** What the handle of a row does. */
  const handle = (at: number) => ({
    onPointerDown: (event: React.PointerEvent) => {
      if (event.button !== 0) return;
      setHeld({ from: at, to: at });
      setDragging(true);
    },
    onKeyDown: (event: React.KeyboardEvent) => {
      const to = held && aim(event.key, held.to, length);
      if (event.key === ' ' || event.key === 'Enter') {
        if (held) drop();
        else setHeld({ from: at, to: at });
      } else if (held && event.key === 'Escape') setHeld(undefined);
      else if (to !== undefined) go(to);
      else return;
      event.preventDefault();
    },
    onBlur: () => !dragging && setHeld(undefined),
  });
  function drop() {
    setHeld(undefined);
    if (held) put(held);
  }
  return { held, handle };
}
