import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { t } from '@/lib/messages.ts';
import { send } from '@/lib/send.ts';
import { useSending } from '@/lib/sending.ts';
import { Field, Form } from '@/ui/form.tsx';
import { Narrow } from '@/ui/narrow.tsx';

/** A new password, by a code in a letter. */
export function Page(): React.ReactNode {
  const [begun, setBegun] = useState<{ flow: string; minutes: number; email: string }>();
  const navigate = useNavigate();
  const begin = useSending(
    ({ email = '' }: Record<string, string>) =>
      send('post', '/v1/accounts/password/reset', { body: { email } }),
    (answer, { email = '' }) => setBegun({ ...answer, email }),
  );
  const finish = useSending(
    ({ code = '', password = '' }: Record<string, string>) =>
      send('post', '/v1/accounts/password/reset/confirm', {
        body: { flow: begun?.flow ?? '', code: code.trim().toUpperCase(), password },
      }),
    () => navigate({ to: '/sign-in' }),
  );
  if (!begun) {
    return (
      <Narrow title={t('forgotten.title')}>
        <p className="mb-4">{t('forgotten.text')}</p>
        <Form send={begin.mutate} busy={begin.isPending} failed={begin.error} submit={t('forgotten.submit')}>
          <Field name="email" type="email" label={t('signIn.email')} autoComplete="username" required />
        </Form>
      </Narrow>
    );
  }
  return (
    <Narrow title={t('forgotten.title')}>
      <p className="mb-4">{t('forgotten.sent', { email: begun.email, n: begun.minutes })}</p>
      <Form send={finish.mutate} busy={finish.isPending} failed={finish.error} submit={t('forgotten.finish')}>
        <Field name="code" label={t('confirm.code')} autoComplete="one-time-code" minLength={8} required />
        <Field
          name="password"
          type="password"
          label={t('forgotten.password')}
          hint={t('signUp.password')}
          autoComplete="new-password"
          minLength={10}
          required
        />
      </Form>
    </Narrow>
  );
}
