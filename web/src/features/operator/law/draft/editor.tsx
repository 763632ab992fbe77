import { Link } from '@tanstack/react-router';
import type { Schema } from '@tipple/api';
import { useState } from 'react';
import { moment, number } from '@/lib/format.ts';
import { t } from '@/lib/messages.ts';
import { send } from '@/lib/send.ts';
import { useSending } from '@/lib/sending.ts';
import { card } from '@/ui/button.ts';
import { Field, Form } from '@/ui/form.tsx';
import { Review } from '../../review.tsx';
import { instant } from '../../what-if/instant.ts';
import { changesOf } from './changes.ts';
import { ClassRules } from './class-rules.tsx';
import { CLASSES, chosenOf, told } from './draft.ts';
import { General } from './general.tsx';

interface Shown {
  code: string;
  /** Of the clocks there. */
  zone: string;
  /** The newest version, from which one starts. */
  last?: Schema<'RulebookView'>;
}

/** The rules as they will be; what changes is looked at before it is kept, for it is kept for good. */
export function Editor({ code, zone, last }: Shown) {
  // Somebody may add one meanwhile: what was typed is still about the one that was there.
  const [from] = useState(last);
  const [set, change] = useState(() => chosenOf(from?.rules));
  const [draft, setDraft] = useState<Schema<'RulebookInput'>>();
  const add = useSending((body: Schema<'RulebookInput'>) =>
    send('post', '/v1/compliance/jurisdictions/{code}/rulebooks', { path: { code }, body }),
  );
  if (add.data) return <Added added={add.data} zone={zone} />;
  const look = (fields: Record<string, string>) => {
    add.reset();
    setDraft({
      version: (from?.version ?? 0) + 1,
      valid_from: fields.valid_from ? instant(fields.valid_from, zone) : null,
      rules: told(fields, set),
    });
  };
  return (
    <div className="min-w-0">
      {draft && (
        <Review
          changes={changesOf(from?.rules, draft.rules)}
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
    </div>
  );
}

/** It is kept; what it says of a sale can be asked beside it. */
function Added({ added, zone }: { added: Schema<'RulebookView'>; zone: string }) {
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
