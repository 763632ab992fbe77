import { useEffect, useState } from 'react';
import { number } from '@/lib/format.ts';
import { t } from '@/lib/messages.ts';
import { byTheHouse } from '@/lib/session.ts';

/** Seconds until then by the house's clock, counted down. */
export function useLeft(until: string): number {
  const left = () => Math.max(0, Math.ceil((Date.parse(until) - byTheHouse()) / 1000));
  const [seconds, setSeconds] = useState(left);
  useEffect(() => {
    const timer = setInterval(() => setSeconds(left), 250);
    return () => clearInterval(timer);
  });
  return seconds;
}

const ROUND = 2 * Math.PI * 44;

/** A ring that empties, and the number in it. */
export function Ring({ left, of }: { left: number; of: number }) {
  return (
    <div role="timer" aria-label={t('driver.offer.left', { n: left })} className="relative size-28 shrink-0">
      <svg viewBox="0 0 100 100" aria-hidden="true" className="size-full -rotate-90">
        <circle cx="50" cy="50" r="44" className="fill-none stroke-hairline stroke-8" />
        <circle
          cx="50"
          cy="50"
          r="44"
          strokeDasharray={ROUND}
          strokeDashoffset={ROUND * (1 - left / Math.max(of, 1))}
          className={`fill-none stroke-8 ${left <= 10 ? 'stroke-danger' : 'stroke-brand'}`}
        />
      </svg>
      <p
        aria-hidden="true"
        className="absolute inset-0 flex flex-col items-center justify-center leading-tight"
      >
        <span className="text-3xl font-bold tabular-nums">{number(left)}</span>
        <span className="text-xs text-muted">{t('driver.offer.seconds')}</span>
      </p>
    </div>
  );
}
