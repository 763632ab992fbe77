import type { Schema } from '@tipple/api';
import { useId, useState } from 'react';
import { clock } from '@/lib/format.ts';
import { t } from '@/lib/messages.ts';
import { card } from '@/ui/button.ts';
import type { Did } from './acts.ts';
import { useLeft } from './countdown.tsx';
import { Lines } from './lines.tsx';
import { aside, go, other } from './look.ts';
import { Title } from './title.tsx';

const LONG_AGO = '1970-01-01T00:00:00Z';

interface Shown {
  job: Schema<'DriverJob'>;
  act: (did: Did) => void;
  /** Begins the check. */
  check: () => void;
  refuse: () => void;
}

/** Whole or in part, to whoever takes it. */
export function HandOver({ job, act, check, refuse }: Shown) {
  const [name, setName] = useState(job.door.recipient);
  const [changed, setChanged] = useState<Record<string, number>>({});
  const field = useId();
  // Without a network nobody says that it has lapsed.
  const checked = useLeft(job.checked_until ?? LONG_AGO) > 0;
  // Until something was changed: all that may change hands as things stand.
  const lines = job.lines.map((line) => {
    const free = checked || !line.alcohol;
    return { ...line, free, taken: free ? (changed[line.line] ?? line.quantity) : 0 };
  });
  const of = job.lines.reduce((sum, { quantity }) => sum + quantity, 0);
  const n = lines.reduce((sum, { taken }) => sum + taken, 0);
  const some = lines.filter(({ taken }) => taken > 0).map(({ line, taken }) => ({ line, quantity: taken }));
  const may = job.can.includes('hand_over') && n > 0 && name.trim() !== '';
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        const body = { recipient_name: name.trim(), ...(n < of && { lines: some }) };
        if (may) act({ did: 'hand_over', body });
      }}
    >
      <Title>{t('driver.hand')}</Title>
      <p role="status" className={`mt-2 text-xl font-semibold ${checked ? 'text-success' : ''}`}>
        {checked && job.checked_until
          ? t('driver.hand.until', { time: clock(job.checked_until, job.store.time_zone) })
          : t(job.needs_check ? 'driver.hand.lapsed' : 'driver.hand.free')}
      </p>
      {job.needs_check && !checked && job.can.includes('check') && (
        <button type="button" onClick={check} className={`${other} mt-3`}>
          {t('driver.check.again')}
        </button>
      )}
      <section className={`${card} my-4`}>
        <h2 className="text-base font-medium text-muted">{t('driver.hand.what')}</h2>
        <Lines lines={lines} change={(line, taken) => setChanged({ ...changed, [line]: taken })} />
        {n < of && <p className="mt-2">{t('driver.hand.rest')}</p>}
      </section>
      <label htmlFor={field} className="mb-1 block font-medium">
        {t('driver.hand.who')}
      </label>
      <input
        id={field}
        value={name}
        onChange={({ target }) => setName(target.value)}
        required
        maxLength={100}
        autoComplete="off"
        className="mb-4 block h-14 w-full rounded-sm border border-control bg-bg px-3 text-lg"
      />
      <button type="submit" disabled={!may} className={go}>
        {n < of ? t('driver.hand.part', { n, of }) : t('driver.hand.all')}
      </button>
      {job.can.includes('refuse') && (
        <button type="button" onClick={refuse} className={aside}>
          {t('driver.hand.refuse')}
        </button>
      )}
    </form>
  );
}
