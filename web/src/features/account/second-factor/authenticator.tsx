import type { Schema } from '@tipple/api';
import { useState } from 'react';
import { part } from '@/lib/lazily.ts';
import { t } from '@/lib/messages.ts';
import { send } from '@/lib/send.ts';
import { useSending } from '@/lib/sending.ts';
import { card, quiet, secondary } from '@/ui/button.ts';
import { Field, Form } from '@/ui/form.tsx';
import { Later } from '@/ui/later.tsx';
import { Bar } from '@/ui/waiting.tsx';
import { Password } from './password.tsx';
import { AgainAfter } from './sign-in-again.tsx';

const Offered = part(async () => ({ Page: (await import('./offered.tsx')).Offered }));

interface Shown {
  inForce: boolean;
  change: boolean;
  withPassword: boolean;
  added: (codes?: string[] | null) => Promise<void>;
}

/** An app that tells a code of six digits, another one each half minute. */
export function Authenticator({ inForce, change, withPassword, added }: Shown) {
  const [open, setOpen] = useState<'adding' | 'removing'>();
  const [offered, setOffered] = useState<Schema<'Offered'>>();
  const close = () => {
    setOpen(undefined);
    setOffered(undefined);
  };
  return (
    <section className={`${card} space-y-3`}>
      <h2 className="text-xl">{t('factor.app')}</h2>
      <p className={inForce ? 'font-medium' : 'text-muted'}>
        {t(inForce ? 'factor.app.there' : 'factor.app.none')}
      </p>
      {change && !open && (
        <p className="flex flex-wrap gap-3">
          <button type="button" onClick={() => setOpen('adding')} className={secondary}>
            {t(inForce ? 'factor.app.other' : 'factor.app.add')}
          </button>
          {inForce && (
            <button type="button" onClick={() => setOpen('removing')} className={quiet}>
              {t('factor.app.remove')}
            </button>
          )}
        </p>
      )}
      {open === 'adding' && !offered && <Begin withPassword={withPassword} then={setOffered} />}
      {open === 'adding' && offered && (
        <Later room={<Bar className="h-96" />}>
          <Offered
            offered={offered}
            then={async (codes) => {
              close();
              await added(codes);
            }}
          />
        </Later>
      )}
      {open === 'removing' && <Remove then={close} />}
      {open && (
        <button type="button" onClick={close} className={quiet}>
          {t('sure.no')}
        </button>
      )}
    </section>
  );
}

function Begin({
  withPassword,
  then,
}: {
  withPassword: boolean;
  then: (offered: Schema<'Offered'>) => void;
}) {
  const begin = useSending(
    ({ password }: Record<string, string>) =>
      send('post', '/v1/accounts/me/authenticator/begin', { body: { password } }),
    then,
  );
  return (
    <>
      <Form send={begin.mutate} busy={begin.isPending} failed={begin.error} submit={t('factor.app.add')}>
        {withPassword && <Password first />}
      </Form>
      <AgainAfter failed={begin.error} />
    </>
  );
}

function Remove({ then }: { then: () => void }) {
  const remove = useSending(
    ({ code = '' }: Record<string, string>) =>
      send('post', '/v1/accounts/me/authenticator/remove', { body: { code: code.trim() } }),
    then,
  );
  return (
    <Form send={remove.mutate} busy={remove.isPending} failed={remove.error} submit={t('factor.app.remove')}>
      <Field
        name="code"
        label={t('second.code')}
        hint={t('second.hint')}
        autoFocus
        autoComplete="one-time-code"
        minLength={6}
        maxLength={20}
        required
      />
    </Form>
  );
}
