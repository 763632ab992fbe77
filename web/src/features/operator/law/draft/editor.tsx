import { Link } from '@tanstack/react-router';
import type { Schema } from '@tipple/api';
import { useState } from 'react';
import { moment, number } from '@/lib/format.ts';
import { t } from '@/lib/messages.ts';
import { send } from '@/lib/send.ts';
import { useSending } from '@/lib/sending.ts';
import { card } from '@/ui/button.ts';
import { Field, Form } from '@/ui/form.tsx';
import type { Hands } from '@/ui/held.tsx';
import { Review } from '../../review.tsx';
import { instant } from '../../what-if/instant.ts';
import { changesOf } from './changes.ts';
import { ClassRules } from './class-rules.tsx';
import { CLASSES, chosenOf, told } from './draft.ts';
import { General } from './general.tsx';

type Rulebook = Schema<'RulebookView'>;

interface Shown extends Pick<Hands<Rulebook | undefined>, 'over' | 'touch'> {
  code: string;
  /** Of the clocks there. */
  zone: string;
  /** The newest version, from which one starts. */
  from?: Rulebook;
  done: (added: Rulebook) => void;
}

/** The rules as they will be; what changes is looked at before it is kept, for it is kept for good. */
export function Editor({ code, zone, from, over, touch, done }: Shown) {
  const [set, choose] = useState(() => chosenOf(from?.rules));
  const change = (next: typeof set) => {
    touch();
    choose(next);
  };
  const [draft, setDraft] = useState<Schema<'RulebookInput'>>();
  const add = useSending(
    (body: Schema<'RulebookInput'>) =>
      send('post', '/v1/compliance/jurisdictions/{code}/rulebooks', { path: { code }, body }),
    done,
  );
  const look = (fields: Record<string, string>) => {
    add.reset();
    setDraft({
      version: (over?.version ?? 0) + 1,
      valid_from: fields.valid_from ? instant(fields.valid_from, zone) : null,
      rules: told(fields, set),
    });
  };
  return (
    <>
      {draft && (
        <Review
          changes={changesOf(over?.rules, draft.rules)}
          text={
            draft.valid_from
              ? t('law.new.changes', { time: moment(draft.valid_from, zone) })
              : t('law.new.changes.now')
          }
          submit={t('law.new.add', { n: number(draft.version) })}
          busy={add.isPending}
          keep={() => add.mutate(draft, { onError: () => setDraft(undefined) })}
          back={() => setDraft(undefined)}
        />
      )}
      {/* What was typed stays while it is looked at. */}
      <div hidden={draft !== undefined}>
        <Form send={look} busy={false} failed={add.error} submit={t('operator.changes.look')}>
          <section className={card}>
            <Field
              name="valid_from"
              type="datetime-local"
              label={t('law.new.from')}
              hint={t('law.new.from.hint', { zone })}
              max="2999-12-31T23:59"
            />
          </section>
          {CLASSES.map((one) => (
            <ClassRules
              key={one}
              name={one}
              rules={from?.rules[one]}
              hours={set.hours[one]}
              change={(hours) => change({ ...set, hours: { ...set.hours, [one]: hours } })}
              forAll={() => {
                const hours = set.hours[one];
                change({ ...set, hours: { beer: hours, wine: hours, spirits: hours } });
              }}
            />
          ))}
          <General rules={from?.rules} set={set} change={change} />
        </Form>
      </div>
    </>
  );
}

/** It is kept; what it says of a sale can be asked beside it. */
export function Added({ added, zone }: { added: Rulebook; zone: string }) {
  const { jurisdiction: code, version, valid_from } = added;
  return (
    <section role="status" className={card}>
      <p className="font-semibold text-success">
        {t('law.new.added', { n: number(version), time: moment(valid_from, zone) })}
      </p>
      <p className="mt-2">{t('law.new.added.text')}</p>
      <Link
        to="/operator/compliance/$code"
        params={{ code }}
        search={{ version }}
        className="inline-flex min-h-11 items-center text-brand underline underline-offset-4"
      >
        {t('law.version', { n: number(version) })}
      </Link>
    </section>
  );
}
