import type { Schema } from '@tipple/api';
import { useId, useState } from 'react';
import { t } from '@/lib/messages.ts';
import type { Did } from './acts.ts';
import { aside, no } from './look.ts';
import { Title } from './title.tsx';

type Because = Schema<'RefusedBecause'>;
export type Reason = Exclude<Because, 'not_delivered'>;

/** What only the store says. */
const isReason = (one: Because): one is Reason => one !== 'not_delivered';

interface Shown {
  reasons: Because[];
  /** What the check has shown. */
  likely?: Reason;
  act: (did: Did) => void;
  back: () => void;
}

/** Nothing changes hands, and why. */
export function Refuse({ reasons, likely, act, back }: Shown) {
  const [because, setBecause] = useState(likely);
  const [note, setNote] = useState('');
  const field = useId();
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        if (because) act({ did: 'refuse', body: { because, note: note.trim() } });
      }}
    >
      <Title>{t('driver.refuse')}</Title>
      <fieldset className="my-4 space-y-2">
        <legend className="sr-only">{t('driver.refuse.why')}</legend>
        {reasons.filter(isReason).map((one) => (
          <label
            key={one}
            className="flex min-h-14 cursor-pointer items-center gap-3 rounded-sm border border-control bg-surface px-4 text-lg has-checked:border-brand has-checked:bg-brand-soft"
          >
            <input
              type="radio"
              name="because"
              required
              checked={because === one}
              onChange={() => setBecause(one)}
              className="size-6 accent-brand"
            />
            {t(`driver.refuse.${one}`)}
          </label>
        ))}
      </fieldset>
      <label htmlFor={field} className="mb-1 block font-medium">
        {t('driver.refuse.note')}
      </label>
      <textarea
        id={field}
        value={note}
        onChange={({ target }) => setNote(target.value)}
        maxLength={500}
        rows={2}
        aria-describedby={`${field}-hint`}
        className="block w-full rounded-sm border border-control bg-bg p-3 text-lg"
      />
      <p id={`${field}-hint`} className="mb-4 text-sm text-muted">
        {t('driver.refuse.note.hint')}
      </p>
      <button type="submit" className={no}>
        {t('driver.refuse.submit')}
      </button>
      <button type="button" onClick={back} className={aside}>
        {t('driver.check.back')}
      </button>
    </form>
  );
}
