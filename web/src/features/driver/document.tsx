import type { Schema } from '@tipple/api';
import { useId, useState } from 'react';
import { day, number } from '@/lib/format.ts';
import { t } from '@/lib/messages.ts';
import { byTheHouse } from '@/lib/session.ts';
import { DateTyped } from './date-typed.tsx';
import { age, dayAt } from './dates.ts';
import { aside, go } from './look.ts';

const KINDS: Schema<'DeliveryDocumentKind'>[] = [
  'driving_licence',
  'id_card',
  'passport',
  'residence_permit',
  'military_id',
];

interface Shown {
  /** The time zone in which it is today. */
  zone: string;
  shown: (document: Schema<'Document'>) => void;
  none: () => void;
  back: () => void;
}

/** What stands on the document, and how old that makes them. Nothing of it is kept. */
export function Document({ zone, shown, none, back }: Shown) {
  const [kind, setKind] = useState<Schema<'DeliveryDocumentKind'>>('driving_licence');
  const [born, setBorn] = useState<string>();
  const [expires, setExpires] = useState<string>();
  const [tried, setTried] = useState(false);
  const field = useId();
  const today = dayAt(byTheHouse(), zone);
  return (
    <form
      noValidate
      className="space-y-6"
      onSubmit={(event) => {
        event.preventDefault();
        if (born && expires) shown({ kind, date_of_birth: born, expires_on: expires });
        else setTried(true);
      }}
    >
      <div>
        <label htmlFor={field} className="mb-1 block font-medium">
          {t('driver.check.kind')}
        </label>
        <select
          id={field}
          value={kind}
          onChange={({ target }) => setKind(target.value as typeof kind)}
          className="block h-14 w-full rounded-sm border border-control bg-bg px-3 text-lg"
        >
          {KINDS.map((one) => (
            <option key={one} value={one}>
              {t(`driver.check.kind.${one}`)}
            </option>
          ))}
        </select>
      </div>
      <DateTyped label={t('driver.check.born')} change={setBorn} wrong={tried && !born}>
        <Age years={born && born <= today ? age(born, today) : undefined} />
      </DateTyped>
      <DateTyped label={t('driver.check.expires')} change={setExpires} wrong={tried && !expires}>
        <p role="status" className="mt-1 min-h-7 text-lg font-semibold">
          {expires && (
            <span className={expires < today ? 'text-danger' : 'text-success'}>
              {day(expires)} · {t(expires < today ? 'driver.check.expired' : 'driver.check.valid')}
            </span>
          )}
        </p>
      </DateTyped>
      <div>
        <button type="submit" className={go}>
          {t('driver.check.next')}
        </button>
        <button type="button" onClick={none} className={aside}>
          {t('driver.check.none')}
        </button>
        <button type="button" onClick={back} className={aside}>
          {t('driver.check.back')}
        </button>
      </div>
    </form>
  );
}

/** Large enough for a dark doorway, and as high before it is known. */
function Age({ years }: { years?: number }) {
  return (
    <p
      role="status"
      className="mt-3 flex h-24 items-center justify-center gap-3 rounded-md border border-hairline bg-surface"
    >
      {years === undefined ? (
        <span className="text-muted">{t('driver.check.age.none')}</span>
      ) : (
        <>
          <span className="text-6xl font-bold tabular-nums">{number(years)}</span>
          <span className="text-xl">{t('driver.check.age', { n: years })}</span>
        </>
      )}
    </p>
  );
}
