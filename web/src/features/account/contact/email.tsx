import type { Schema } from '@tipple/api';
import { useState } from 'react';
import { t } from '@/lib/messages.ts';
import { send } from '@/lib/send.ts';
import { useSending } from '@/lib/sending.ts';
import { quiet } from '@/ui/button.ts';
import { Field, Form } from '@/ui/form.tsx';
import { ByCode } from './by-code.tsx';

interface Shown {
  email?: string | null;
  verified: boolean;
  withPassword: boolean;
}

/** The address to sign in with and to get letters at: another one, or the same once it is shown to be theirs. */
export function Email({ email, verified, withPassword }: Shown) {
  const [open, setOpen] = useState(false);
  const [sent, setSent] = useState<{ to: string; begun: Schema<'Begun'> }>();
  const close = () => {
    setOpen(false);
    setSent(undefined);
  };
  const begin = useSending(
    ({ email = '', password }: Record<string, string>) =>
      send('post', '/v1/accounts/email/change', { body: { email: email.trim(), password } }),
    (begun, { email = '' }) => setSent({ to: email, begun }),
  );
  return (
    <div className="space-y-3">
      <div>
        <h3 className="text-sm font-medium">{t('signIn.email')}</h3>
        <p className="[overflow-wrap:anywhere]">{email ? <bdi>{email}</bdi> : t('contact.none')}</p>
        {email && !verified && <p className="text-sm text-danger">{t('contact.unverified')}</p>}
      </div>
      {open && !sent && (
        <Form send={begin.mutate} busy={begin.isPending} failed={begin.error} submit={t('forgotten.submit')}>
          <Field
            name="email"
            type="email"
            label={t('signIn.email')}
            hint={t('contact.email.hint')}
            defaultValue={verified ? '' : (email ?? '')}
            autoFocus
            autoComplete="email"
            maxLength={254}
            required
          />
          {withPassword && (
            <Field
              name="password"
              type="password"
              label={t('signIn.password')}
              autoComplete="current-password"
              maxLength={200}
              required
            />
          )}
        </Form>
      )}
      {sent && (
        <ByCode
          {...sent}
          confirm={(body) => send('post', '/v1/accounts/email/change/confirm', { body })}
          done={close}
        />
      )}
      <button type="button" onClick={open ? close : () => setOpen(true)} className={quiet}>
        {open ? t('sure.no') : t(email && !verified ? 'contact.email.confirm' : 'contact.email.change')}
      </button>
    </div>
  );
}
