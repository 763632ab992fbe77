import { word } from '@/lib/messages.ts';
import { standing, type Valid } from './words.ts';

const LOOKS = {
  on: ['●', 'text-success'],
  soon: ['○', 'text-info'],
  over: ['–', 'text-muted'],
  ended: ['✕', 'text-muted'],
} as const;

/** Whether it holds now, with a sign besides the colour. */
export function Stands({ of }: { of: Valid }) {
  const now = standing(of);
  const [sign, colour] = LOOKS[now];
  return (
    <span className={`font-semibold whitespace-nowrap ${colour}`}>
      <span aria-hidden="true">{sign}</span> {word('standing', now)}
    </span>
  );
}
