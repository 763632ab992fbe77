import type { Schema } from '@tipple/api';
import { useEffect, useRef, useState } from 'react';
import { t } from '@/lib/messages.ts';
import { Failed, ours } from '@/lib/network.ts';
import { send } from '@/lib/send.ts';
import { useSending } from '@/lib/sending.ts';
import { quiet } from '@/ui/button.ts';
import { Choice, Field, Form, Words } from '@/ui/form.tsx';

const REASONS: Schema<'ComplaintReason'>[] = ['missing', 'wrong_item', 'damaged', 'other'];

interface Shown {
  order: string;
  lines: Schema<'ComplaintLine'>[];
  done: () => void;
}

/** Which bottles, or all of it, why, and what happened. */
export function Page({ order, lines, done }: Shown) {
  // Where no bottle is left to ask for there are the fees.
  const [whole, setWhole] = useState(lines.length === 0);
  // Who pressed the button that stood here goes on in it.
  const place = useRef<HTMLDivElement>(null);
  useEffect(() => place.current?.querySelector<HTMLElement>('input, select')?.focus(), []);
  const ask = useAsking(order, lines, whole, done);
  return (
    <div ref={place} className="mt-2">
      <Form send={ask.mutate} busy={ask.isPending} failed={ask.error} submit={t('complaint.submit')}>
        {lines.length > 0 && (
          <fieldset>
            <legend className="mb-1 text-sm font-medium">{t('complaint.of')}</legend>
            <Of checked={!whole} choose={() => setWhole(false)} label={t('complaint.some')} />
            <Of checked={whole} choose={() => setWhole(true)} label={t('complaint.all')} />
          </fieldset>
        )}
        {lines.length === 0 && <p>{t('complaint.rest')}</p>}
        {!whole &&
          lines.map(({ line, name, units }, place) => (
            <Field
              key={line}
              type="number"
              inputMode="numeric"
              min={0}
              max={units}
              step={1}
              name={`lines[${place}].units`}
              label={t('complaint.units', { name, n: units })}
              defaultValue={lines.length === 1 && units === 1 ? 1 : 0}
              required
            />
          ))}
        <Choice
          name="reason"
          label={t('complaint.reason')}
          choices={REASONS.map((reason) => [reason, t(`complaint.reason.${reason}`)])}
        />
        <Words
          name="words"
          label={t('complaint.words')}
          hint={t('complaint.words.hint')}
          maxLength={1000}
          required
        />
      </Form>
      <button type="button" onClick={done} className={`${quiet} mt-2`}>
        {t('complaint.leave')}
      </button>
    </div>
  );
}

function Of({ checked, choose, label }: { checked: boolean; choose: () => void; label: string }) {
  return (
    <label className="flex min-h-11 items-center gap-3">
      <input type="radio" name="of" checked={checked} onChange={choose} className="size-5 accent-brand" />
      {label}
    </label>
  );
}

/** Sent again after a lost answer it is the same complaint. */
function useAsking(order: string, lines: Schema<'ComplaintLine'>[], whole: boolean, then: () => void) {
  const attempt = useRef({ wanted: '', key: '' });
  return useSending(async (fields: Record<string, string>) => {
    const named = lines
      .map(({ line }, place) => ({ place, line, units: Number(fields[`lines[${place}].units`]) }))
      .filter(({ units }) => units > 0);
    if (!whole && named.length === 0) throw nothing();
    const body = {
      lines: whole ? undefined : named.map(({ line, units }) => ({ line, units })),
      reason: fields.reason as Schema<'ComplaintReason'>,
      words: fields.words?.trim() ?? '',
    };
    const wanted = JSON.stringify(body);
    if (attempt.current.wanted !== wanted) attempt.current = { wanted, key: crypto.randomUUID() };
    return send('post', '/v1/payments/orders/{order}/complaints', {
      path: { order },
      header: { 'idempotency-key': attempt.current.key },
      body,
    }).catch((failed: unknown) => {
      throw failed instanceof Failed ? placed(failed, named) : failed;
    });
  }, then);
}

/** The house counts the lines that it was sent, the form all of them. */
function placed(failed: Failed, named: { place: number }[]): Failed {
  const field = failed.problem.field?.replace(
    /^lines\[(\d+)\]/,
    (_, sent) => `lines[${named[Number(sent)]?.place ?? sent}]`,
  );
  return new Failed({ ...failed.problem, field }, failed.words);
}

const nothing = () => ours(t('complaint.nothing'), 'lines[0].units');
