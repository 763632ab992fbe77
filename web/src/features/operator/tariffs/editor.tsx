import { useState } from 'react';
import { amounts } from '@/lib/amount.ts';
import { t } from '@/lib/messages.ts';
import { ifMatch, send } from '@/lib/send.ts';
import { useSending } from '@/lib/sending.ts';
import { Form } from '@/ui/form.tsx';
import type { Hands } from '@/ui/held.tsx';
import { Review } from '../review.tsx';
import { row } from '../rows.ts';
import { TaxClasses } from './classes.tsx';
import { Duties } from './duties.tsx';
import { Fees } from './fees.tsx';
import { General } from './general.tsx';
import { changesOf } from './lines.ts';
import { type Current, DEFAULT, TARIFF, type Tariff } from './tariff.ts';
import { told } from './told.ts';

interface Shown extends Hands<Current | undefined> {
  store?: string;
  /** What the form says at first. */
  start?: Tariff;
  /** Of a tariff that is not there yet. */
  currency?: string;
}

const USUAL = 'USD';

/** A tariff to change; what changes is looked at before it is kept. */
export function Editor({ store = DEFAULT, start, currency = start?.currency ?? USUAL, ...hands }: Shown) {
  const { over, touch, done } = hands;
  const [money, setMoney] = useState(over ? (start?.currency ?? currency) : currency);
  // While a currency is being typed it is none yet.
  const known = /^[A-Za-z]{3}$/.test(money) ? money : USUAL;
  const [classes, setClasses] = useState(() =>
    (start?.tax_classes ?? [undefined]).map((of) => ({ ...row(of), rates: (of?.rates ?? []).map(row) })),
  );
  const [duties, setDuties] = useState(() => (start?.excise ?? []).map(row));
  const [draft, setDraft] = useState<Tariff>();
  const keep = useSending(
    (body: Tariff) =>
      send('put', TARIFF, { path: { store }, header: over ? ifMatch(over.version) : {}, body }),
    done,
  );
  const look = (fields: Record<string, string>) => {
    keep.reset();
    setDraft(told(fields, { rates: classes.map(({ rates }) => rates.length), excise: duties.length }));
  };
  return (
    <>
      {draft && (
        <Review
          changes={changesOf(over?.tariff, draft)}
          text={t('tariffs.changes.text')}
          submit={t('tariffs.save')}
          busy={keep.isPending}
          keep={() => keep.mutate(draft, { onError: () => setDraft(undefined) })}
          back={() => setDraft(undefined)}
        />
      )}
      {/* What was typed stays while it is looked at. */}
      <div hidden={draft !== undefined}>
        <Form
          send={look}
          busy={false}
          failed={keep.error}
          submit={t('operator.changes.look')}
          className="mt-4"
        >
          <div className="grid items-start gap-6 xl:grid-cols-2">
            <General tariff={start} currency={money} typed={setMoney} />
            <Fees tariff={start} currency={known} amount={amounts(known)} />
            <TaxClasses
              rows={classes}
              change={(rows) => {
                touch();
                setClasses(rows);
              }}
            />
            <Duties
              rows={duties}
              change={(rows) => {
                touch();
                setDuties(rows);
              }}
              currency={known}
            />
          </div>
        </Form>
      </div>
    </>
  );
}
