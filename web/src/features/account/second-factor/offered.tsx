import type { Schema } from '@tipple/api';
import { moment } from '@/lib/format.ts';
import { t } from '@/lib/messages.ts';
import { send } from '@/lib/send.ts';
import { useSending } from '@/lib/sending.ts';
import { quiet } from '@/ui/button.ts';
import { Field, Form } from '@/ui/form.tsx';
import { QrCode } from './qr-code.tsx';

interface Shown {
  offered: Schema<'Offered'>;
  then: (codes?: string[] | null) => Promise<void>;
}

/** What the app is to know, shown this once; and the code by which it shows that it does. */
export function Offered({ offered: { secret, url, expires_at }, then }: Shown) {
  const confirm = useSending(
    ({ code = '' }: Record<string, string>) =>
      send('post', '/v1/accounts/me/authenticator/confirm', { body: { code: code.trim() } }),
    ({ recovery_codes }) => then(recovery_codes),
  );
  return (
    <>
      <p>{t('factor.app.scan')}</p>
      <QrCode text={url} label={t('factor.app.qr')} />
      <p>{t('factor.app.secret')}</p>
      <p className="rounded-sm bg-bg p-3 font-mono text-lg [overflow-wrap:anywhere]">
        <bdi dir="ltr">{secret.match(/.{1,4}/g)?.join(' ')}</bdi>
      </p>
      <p>
        <a href={url} className={quiet}>
          {t('factor.app.here')}
        </a>
      </p>
      <p className="text-sm text-muted">{t('factor.app.until', { time: moment(expires_at) })}</p>
      <Form
        send={confirm.mutate}
        busy={confirm.isPending}
        failed={confirm.error}
        submit={t('factor.app.confirm')}
      >
        <Field
          name="code"
          label={t('factor.app.code')}
          inputMode="numeric"
          autoFocus
          autoComplete="one-time-code"
          minLength={6}
          maxLength={20}
          required
        />
      </Form>
    </>
  );
}
