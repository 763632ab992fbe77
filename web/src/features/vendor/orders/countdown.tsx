import { useEffect, useState } from 'react';
import { clock } from '@/lib/format.ts';
import { t } from '@/lib/messages.ts';
import { byTheHouse } from '@/lib/session.ts';

/** From so few seconds on it is shown as pressing, and as very pressing. */
const SOON = 180;
const NOW = 60;
/** What is later than that is said by the clock. */
const FAR = 3_600;

/** How long there is until an instant, by the house's clock. */
export function Countdown({ to, zone }: { to: string; zone: string }) {
  const left = useSecondsLeft(to);
  const look =
    left < NOW ? 'border-danger text-danger' : left < SOON ? 'border-warn text-warn' : 'border-control';
  if (left > FAR) return <p>{t('queue.until', { time: clock(to, zone) })}</p>;
  const minutes = Math.floor(left / 60);
  const seconds = String(left % 60).padStart(2, '0');
  return (
    <p role="timer" className={`rounded-pill border px-3 font-semibold tabular-nums ${look}`}>
      {left > 0 ? t('queue.left', { time: `${minutes}:${seconds}` }) : t('queue.late')}
    </p>
  );
}

function useSecondsLeft(to: string): number {
  const [now, setNow] = useState(byTheHouse);
  useEffect(() => {
    const ticking = setInterval(() => setNow(byTheHouse()), 1_000);
    return () => clearInterval(ticking);
  }, []);
  return Math.max(0, Math.round((Date.parse(to) - now) / 1_000));
}
