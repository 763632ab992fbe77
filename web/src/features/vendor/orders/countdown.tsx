import { useEffect, useState } from 'react';
import { clock, moment } from '@/lib/format.ts';
import { t } from '@/lib/messages.ts';
import { byTheHouse } from '@/lib/session.ts';

/** From so few seconds on it is shown as pressing, and as very pressing. */
const SOON = 180;
const NOW = 60;
/** What is later than that is said by the clock, and from half a day on with its day. */
const FAR = 3_600;
const ANOTHER_DAY = 43_200;

/** How long there is until an instant, by the house's clock. */
export function Countdown({ to, zone }: { to: string; zone: string }) {
  const left = useSecondsLeft(to);
  const look =
    left < NOW ? 'border-danger text-danger' : left < SOON ? 'border-warn text-warn' : 'border-control';
  if (left > FAR) {
    const time = left > ANOTHER_DAY ? moment(to, zone) : clock(to, zone);
    return <p>{t('queue.until', { time })}</p>;
  }
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
