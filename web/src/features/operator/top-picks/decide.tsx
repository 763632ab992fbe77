import { useState } from 'react';
import { instant, local } from '@/lib/local.ts';
import { t } from '@/lib/messages.ts';
import { quiet } from '@/ui/button.ts';
import { Choice, Field, Form } from '@/ui/form.tsx';
import { type Change, useActs } from './changes.ts';
import type { Decision } from './requests.ts';

const ACTIONS = ['pin', 'add', 'remove', 'clear'] as const;
type Action = (typeof ACTIONS)[number];

interface Shown {
  product: string;
  name: string;
  /** Where it is, if anywhere. */
  place?: number;
  decision?: Decision;
  close: () => void;
}

/** What shall become of a product, until when, and why. */
export function Decide({ product, name, place, decision, close }: Shown) {
  const [action, setAction] = useState((decision?.action as Action | undefined) ?? 'pin');
  const acts = useActs();
  const decide = ({ position, until, note }: Record<string, string>) => {
    const change: Change =
      action === 'clear'
        ? { product, action }
        : {
            product,
            action,
            ...(action === 'pin' && { position: Number(position) }),
            until: instant(until),
            note: note?.trim(),
          };
    const text = t(`picks.done.${action}`, { name, place: position ?? '' });
    acts.mutate({ changes: [change], text }, { onSuccess: close });
  };
  return (
    <section
      aria-label={t('picks.decideOf', { name })}
      className="mt-2 rounded-sm border border-hairline bg-bg p-3"
    >
      <Form
        send={decide}
        busy={acts.isPending}
        failed={acts.error}
        submit={t('picks.decide.submit')}
        className="grid gap-x-4 gap-y-3 [&>*]:m-0 [&>[role=alert]]:md:col-span-4 md:grid-cols-4 [&>button]:justify-self-start"
      >
        <Choice
          name="action"
          label={t('picks.action')}
          choices={ACTIONS.filter((one) => one !== 'clear' || decision).map((one) => [
            one,
            t(`picks.action.${one}`),
          ])}
          value={action}
          onChange={({ target }) => setAction(target.value as Action)}
          autoFocus
        />
        {action === 'pin' && (
          <Field
            name="position"
            type="number"
            inputMode="numeric"
            label={t('picks.place')}
            defaultValue={decision?.position ?? place ?? 1}
            min={1}
            max={50}
            required
          />
        )}
        {action !== 'clear' && (
          <>
            <Field
              name="until"
              type="datetime-local"
              label={t('picks.end')}
              hint={t('picks.end.hint')}
              defaultValue={local(decision?.until)}
            />
            <Field
              name="note"
              label={t('picks.note')}
              defaultValue={decision?.note}
              maxLength={500}
              autoComplete="off"
            />
          </>
        )}
      </Form>
      <button type="button" onClick={close} className={quiet}>
        {t('picks.close')}
      </button>
    </section>
  );
}
