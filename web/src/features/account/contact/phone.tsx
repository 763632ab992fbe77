import type { Schema } from '@tipple/api';
import { useState } from 'react';
import { t } from '@/lib/messages.ts';
import { send } from '@/lib/send.ts';
import { useSending } from '@/lib/sending.ts';
import { quiet } from '@/ui/button.ts';
import { Field, Form } from '@/ui/form.tsx';
import { Said } from '@/ui/said.tsx';
import { ByCode } from './by-code.tsx';

/** A number of the visitor's, shown to be theirs by a text message. */
export function Phone({ phone }: { phone?: string | null }) {
  const [open, setOpen] = useState(false);
  const [sent, setSent] = useState<{ to: string; begun: Schema<'Begun'> }>();
  const close = () => {
    setOpen(false);
    setSent(undefined);
  };
  const begin = useSending(
    ({ phone = '' }: Record<string, string>) =>
      send('post', '/v1/accounts/phone', { body: { phone: phone.trim() } }),
    (begun, { phone = '' }) => setSent({ to: phone, begun }),
  );
  const remove = useSending(() => send('delete', '/v1/accounts/phone', {}));
  return (
    <div className="space-y-3">
      <div>
        <h3 className="text-sm font-medium">{t('contact.phone')}</h3>
        <p>{phone ? <bdi dir="ltr">{phone}</bdi> : t('contact.none')}</p>
      </div>
      {open && !sent && (
        <Form send={begin.mutate} busy={begin.isPending} failed={begin.error} submit={t('forgotten.submit')}>
          <Field
            name="phone"
            type="tel"
            label={t('contact.phone')}
            hint={t('contact.phone.hint')}
            autoFocus
            autoComplete="tel"
            maxLength={40}
            required
          />
        </Form>
      )}
      {sent && (
        <ByCode
          {...sent}
          confirm={(body) => send('post', '/v1/accounts/phone/confirm', { body })}
          done={close}
        />
      )}
      {remove.error && (
        <p role="alert">
          <Said of={remove.error} />
        </p>
      )}
      <p className="flex flex-wrap gap-x-4">
        <button type="button" onClick={open ? close : () => setOpen(true)} className={quiet}>
          {open ? t('sure.no') : t(phone ? 'contact.phone.change' : 'contact.phone.add')}
        </button>
        {phone && !open && (
          <button
            type="button"
            onClick={() => remove.mutate(undefined)}
            aria-label={t('address.remove', { label: phone })}
            className={quiet}
          >
            {t('coupon.remove')}
          </button>
        )}
      </p>
    </div>
  );
}
