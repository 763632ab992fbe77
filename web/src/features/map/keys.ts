import type { KeyboardEvent } from 'react';
import { type Place, panned, type View, zoomed } from './projection.ts';

const STEP = 80;

interface Moving {
  view: View;
  move: (view: View | undefined) => void;
  pick?: (place: Place) => void;
}

/** Moves the map by keys, whoever draws it. */
export function onKey({ view, move, pick }: Moving) {
  const moves = new Map<string, () => View | undefined>([
    ['ArrowLeft', () => panned(view, -STEP, 0)],
    ['ArrowRight', () => panned(view, STEP, 0)],
    ['ArrowUp', () => panned(view, 0, -STEP)],
    ['ArrowDown', () => panned(view, 0, STEP)],
    ['+', () => zoomed(view, 1)],
    ['=', () => zoomed(view, 1)],
    ['-', () => zoomed(view, -1)],
    ['0', () => undefined],
  ]);
  return (event: KeyboardEvent) => {
    // Buttons on the map have their own keys, and the browser those with Ctrl.
    if (event.target !== event.currentTarget || event.ctrlKey || event.metaKey || event.altKey) return;
    const next = moves.get(event.key);
    if (next) move(next());
    else if (event.key === 'Enter' && pick) pick(view.centre);
    else return;
    event.preventDefault();
  };
}
