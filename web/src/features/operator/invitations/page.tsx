import type { Schema } from '@tipple/api';
import { useState } from 'react';
import { moment } from '@/lib/format.ts';
import { t } from '@/lib/messages.ts';
import { ours } from '@/lib/network.ts';
import { send } from '@/lib/send.ts';
import { useSending } from '@/lib/sending.ts';
import { card } from '@/ui/button.ts';
import { Empty } from '@/ui/empty.tsx';
import { Field, Form } from '@/ui/form.tsx';
import { ProblemPage } from '@/ui/problem.tsx';
import { Bar } from '@/ui/waiting.tsx';
import { Deed } from '../deed.tsx';
import { More, useList } from '../list.tsx';
import { RoleFields } from '../people/role-fields.tsx';
import { named, type Picked, rolesOf } from '../people/roles.ts';

/** Roles that were offered and not taken yet. */
export function Page(): React.ReactNode {
  const list = useList('/v1/accounts/invitations', { query: { limit: 50 } });
  if (list.error && !list.items) return <ProblemPage error={list.error} again={list.again} />;
  return (
    <>
      <h1>{t('invitations.title')}</h1>
      <div className="mt-6 grid items-start gap-6 lg:grid-cols-[24rem_minmax(0,1fr)]">
        <Invite />
        <div>
          {!list.items && <Bar className="h-24 w-full" />}
          {list.items?.length === 0 && (
            <Empty title={t('invitations.none')} text={t('invitations.none.text')} />
          )}
          <ul className="space-y-3">
            {list.items?.map((one) => (
              <li key={one.flow} className={card}>
                <Open invitation={one} />
              </li>
            ))}
          </ul>
          <More list={list} />
        </div>
      </div>
    </>
  );
}

function Open({
  invitation: { flow, email, role, made_at, expires_at, can },
}: {
  invitation: Schema<'Invitation'>;
}) {
  return (
    <>
      <p className="font-semibold">
        <bdi>{email}</bdi>
      </p>
      <p>{named([role])}</p>
      <p className="mb-3 text-sm text-muted">
        {t('invitations.times', { made: moment(made_at), until: moment(expires_at) })}
      </p>
      {can.includes('withdraw') && (
        <Deed
          open={t('invitations.withdraw')}
          text={t('invitations.withdraw.text')}
          submit={t('invitations.withdraw')}
          send={() => send('delete', '/v1/accounts/invitations/{flow}', { path: { flow } })}
        />
      )}
    </>
  );
}

/** An owner of no vendor is nothing that could be offered. */
const unpicked = () => ours(t('invitations.unpicked'));

function Invite() {
  const [role, setRole] = useState<Picked>({ driver: [] });
  const [sent, setSent] = useState<string>();
  const [round, setRound] = useState(0);
  const invite = useSending(
    async ({ email = '' }: Record<string, string>) => {
      const [offered] = rolesOf(role);
      if (!offered) throw unpicked();
      return send('post', '/v1/accounts/invitations', { body: { email: email.trim(), role: offered } });
    },
    ({ email }) => {
      setSent(email);
      setRound(round + 1);
    },
  );
  return (
    <section aria-label={t('invitations.invite')} className={card}>
      <h2 className="mb-3 text-xl">{t('invitations.invite')}</h2>
      <Form
        key={round}
        send={invite.mutate}
        busy={invite.isPending}
        failed={invite.error}
        submit={t('invitations.submit')}
      >
        <Field
          name="email"
          type="email"
          label={t('people.email')}
          maxLength={254}
          autoComplete="off"
          required
        />
        <RoleFields label={t('invitations.as')} roles={role} change={setRole} one />
      </Form>
      <p role="status" className="mt-3 font-medium text-success">
        {sent && t('invitations.sent', { email: sent })}
      </p>
    </section>
  );
}
