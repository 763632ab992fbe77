import type { Schema } from '@tipple/api';
import { useState } from 'react';
import { t, word } from '@/lib/messages.ts';
import { send } from '@/lib/send.ts';
import { useSending } from '@/lib/sending.ts';
import { card } from '@/ui/button.ts';
import { Choice, Field, Form } from '@/ui/form.tsx';
import { useStore } from '../stores.ts';
import type { Grade } from './page.tsx';

/** Offers somebody a role at the store, by a letter to their e-mail address. */
export function Invite({ grades }: { grades: Grade[] }) {
  const { store } = useStore();
  const [sent, setSent] = useState<string>();
  const [round, setRound] = useState(0);
  const invite = useSending(
    ({ email = '', grade = '' }: Record<string, string>) =>
      send('post', '/v1/accounts/invitations', {
        body: { email: email.trim(), role: { role: grade, stores: [store] } as Schema<'Role'> },
      }),
    ({ email }) => {
      setSent(email);
      setRound(round + 1);
    },
  );
  return (
    <section aria-label={t('staff.invite')} className={card}>
      <h2 className="text-xl">{t('staff.invite')}</h2>
      <p className="mt-1 mb-3 text-muted">{t('staff.invite.text')}</p>
      <Form
        // Another one begins empty.
        key={round}
        send={invite.mutate}
        busy={invite.isPending}
        failed={invite.error}
        submit={t('staff.invite.submit')}
      >
        <Field
          name="email"
          type="email"
          label={t('staff.email')}
          maxLength={254}
          autoComplete="off"
          required
        />
        <Choice
          name="grade"
          label={t('staff.as')}
          choices={grades.map((grade) => [grade, `${word('grade', grade)}: ${word('does', grade)}`])}
        />
      </Form>
      <p role="status" className="mt-3 font-medium text-success [overflow-wrap:anywhere] empty:hidden">
        {sent && t('staff.invite.sent', { email: sent })}
      </p>
    </section>
  );
}
