import { useQuery } from '@tanstack/react-query';
import type { Schema } from '@tipple/api';
import { useState } from 'react';
import { moment } from '@/lib/format.ts';
import { t } from '@/lib/messages.ts';
import { madePasskey } from '@/lib/passkey.ts';
import { send } from '@/lib/send.ts';
import { useSending } from '@/lib/sending.ts';
import { card, quiet, secondary } from '@/ui/button.ts';
import { Field, Form } from '@/ui/form.tsx';
import { Said } from '@/ui/said.tsx';
import { Sure } from '@/ui/sure.tsx';
import { Bar } from '@/ui/waiting.tsx';
import { Password } from './password.tsx';
import { passkeys } from './requests.ts';
import { AgainAfter } from './sign-in-again.tsx';

interface Shown {
  change: boolean;
  withPassword: boolean;
  added: (codes?: string[] | null) => Promise<void>;
}

/** Keys that a device, or what it keeps them in, shows where its person agrees. */
export function Passkeys({ change, withPassword, added }: Shown) {
  const { data, error } = useQuery(passkeys);
  const [adding, setAdding] = useState(false);
  return (
    <section className={`${card} space-y-3`}>
      <h2 className="text-xl">{t('factor.passkeys')}</h2>
      {error && (
        <p role="alert">
          <Said of={error} />
        </p>
      )}
      {!data && !error && <Bar className="h-12 w-full" />}
      {data?.items.length === 0 && <p className="text-muted">{t('factor.passkeys.none')}</p>}
      <ul className="divide-y divide-hairline">
        {data?.items.map((one) => (
          <li key={one.id} className="py-2">
            <Passkey passkey={one} change={change} />
          </li>
        ))}
      </ul>
      {change && !adding && (
        <button type="button" onClick={() => setAdding(true)} className={secondary}>
          {t('factor.passkeys.add')}
        </button>
      )}
      {adding && (
        <>
          <Add
            withPassword={withPassword}
            then={async (codes) => {
              setAdding(false);
              await added(codes);
            }}
          />
          <button type="button" onClick={() => setAdding(false)} className={quiet}>
            {t('sure.no')}
          </button>
        </>
      )}
    </section>
  );
}

function Passkey({
  passkey: { id, name, created_at, used_at },
  change,
}: {
  passkey: Schema<'PasskeyView'>;
  change: boolean;
}) {
  const remove = useSending(() =>
    send('delete', '/v1/accounts/me/passkeys/{passkey}', { path: { passkey: id } }),
  );
  return (
    <div className="flex flex-wrap items-center justify-between gap-3">
      <div className="min-w-0">
        <p className="font-medium [overflow-wrap:anywhere]">
          <bdi>{name}</bdi>
        </p>
        <p className="text-sm text-muted">
          {t('factor.passkeys.added', { time: moment(created_at) })}
          {used_at && <span className="block">{t('factor.passkeys.used', { time: moment(used_at) })}</span>}
        </p>
      </div>
      {change && (
        <div>
          <Sure
            text={t('coupon.remove')}
            label={t('address.remove', { label: name })}
            warning={t('factor.passkeys.warning')}
            act={remove}
          />
          <AgainAfter failed={remove.error} />
        </div>
      )}
    </div>
  );
}

function Add({ withPassword, then }: { withPassword: boolean; then: Shown['added'] }) {
  const add = useSending(
    async ({ name = '', password }: Record<string, string>) => {
      const begun = await send('post', '/v1/accounts/me/passkeys/begin', { body: { password } });
      const credential = await madePasskey(begun.options);
      return send('post', '/v1/accounts/me/passkeys', {
        body: { ceremony: begun.ceremony, name: name.trim(), credential },
      });
    },
    ({ recovery_codes }) => then(recovery_codes),
  );
  return (
    <>
      <Form send={add.mutate} busy={add.isPending} failed={add.error} submit={t('factor.passkeys.add')}>
        <Field
          name="name"
          label={t('factor.passkeys.name')}
          hint={t('factor.passkeys.name.hint')}
          autoFocus
          autoComplete="off"
          maxLength={60}
          required
        />
        {withPassword && <Password />}
      </Form>
      <AgainAfter failed={add.error} />
    </>
  );
}
