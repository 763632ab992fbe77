import { useEffect, useState } from 'react';
import { word } from '@/lib/messages.ts';
import { byTheHouse } from '@/lib/session.ts';
import { standing, type Valid } from './words.ts';

const LOOKS = {
  on: ['●', 'text-success'],
  soon: ['○', 'text-info'],
  over: ['–', 'text-muted'],
  ended: ['✕', 'text-muted'],
} as const;

/** Whether it holds now, with a sign besides the colour. */
export function Stands({ of }: { of: Valid }) {
  const now = standing(of, useTurned(of));
  const [sign, colour] = LOOKS[now];
  return (
    <span className={`font-semibold whitespace-nowrap ${colour}`}>
      <span aria-hidden="true">{sign}</span> {word('standing', now)}
    </span>
  );
}

/** As far as a browser counts, in milliseconds. */
const FAR = 2 ** 31 - 1;
/** The house's clock is known to a second or so, in milliseconds. */
const ROUGHLY = 1_000;

/** The house's time, told anew when it begins or ends: what was just made begins a moment later. */
function useTurned({ valid_from, valid_until }: Valid): number {
  const [now, setNow] = useState(() => byTheHouse());
  useEffect(() => {
    const turns = [valid_from, valid_until].map((at) => (at ? Date.parse(at) : 0)).filter((at) => at > now);
    if (turns.length === 0) return;
    const wait = Math.max(0, Math.min(...turns) - byTheHouse()) + ROUGHLY;
    const timer = setTimeout(() => setNow(byTheHouse()), Math.min(wait, FAR));
    return () => clearTimeout(timer);
  }, [valid_from, valid_until, now]);
  return now;
}
