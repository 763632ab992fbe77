import { type ReactNode, useState } from 'react';
import { t } from '@/lib/messages.ts';
import { useSending } from '@/lib/sending.ts';
import { dangerous, quiet, secondary } from '@/ui/button.ts';
import { Field, Form } from '@/ui/form.tsx';

interface Shown {
  /** What the button says that opens it, and the one that does it. */
  open: string;
  submit: string;
  /** What comes of it. */
  text?: string;
  /** What has to be said why, where it has. */
  reason?: { label: string; hint?: string; most: number };
  grave?: boolean;
  send: (reason: string, fields: Record<string, string>) => Promise<unknown>;
  /** More to say of it. */
  children?: ReactNode;
}

/** What cannot simply be taken back is asked once more. */
export function Deed({ open, submit, text, reason, grave, send, children }: Shown) {
  const [asked, setAsked] = useState(false);
  const doing = useSending(
    (fields: Record<string, string>) => send(fields.reason?.trim() ?? '', fields),
    () => setAsked(false),
  );
  if (!asked) {
    return (
      <button
        type="button"
        onClick={() => {
          doing.reset();
          setAsked(true);
        }}
        className={grave ? dangerous : secondary}
      >
        {open}
      </button>
    );
  }
  return (
    <section aria-label={open} className="w-full rounded-sm border border-control p-3">
      {text && <p className="mb-3 max-w-prose">{text}</p>}
      <Form send={doing.mutate} busy={doing.isPending} failed={doing.error} submit={submit}>
        {reason && (
          <Field
            name="reason"
            label={reason.label}
            hint={reason.hint}
            maxLength={reason.most}
            autoComplete="off"
            autoFocus
            required
          />
        )}
        {children}
      </Form>
      <button type="button" onClick={() => setAsked(false)} className={quiet}>
        {t('operator.back')}
      </button>
    </section>
  );
}
