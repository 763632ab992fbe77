import type { Schema } from '@tipple/api';
import { t } from '@/lib/messages.ts';
import { useSending } from '@/lib/sending.ts';
import { Field, Form } from '@/ui/form.tsx';

interface Shown {
  /** Where the code went. */
  to: string;
  begun: Schema<'Begun'>;
  confirm: (shown: { flow: string; code: string }) => Promise<unknown>;
  done: () => void;
}

/** The code that was sent; an address or a number counts once it is shown. */
export function ByCode({ to, begun: { flow, minutes }, confirm, done }: Shown) {
  const show = useSending(
    ({ code = '' }: Record<string, string>) => confirm({ flow, code: code.trim().toUpperCase() }),
    done,
  );
  return (
    <>
      <p role="status">{t('contact.sent', { to, n: minutes })}</p>
      <Form send={show.mutate} busy={show.isPending} failed={show.error} submit={t('contact.confirm')}>
        <Field
          name="code"
          label={t('contact.code')}
          autoFocus
          autoComplete="one-time-code"
          minLength={8}
          maxLength={20}
          required
        />
      </Form>
    </>
  );
}
