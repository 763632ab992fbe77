import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { t } from '@/lib/messages.ts';
import { ask } from '@/lib/network.ts';
import { save } from '@/lib/save.ts';
import { send } from '@/lib/send.ts';
import { useSending } from '@/lib/sending.ts';
import { over } from '@/lib/session.ts';
import { signOut } from '@/lib/sign-out.ts';
import { card, dangerous, quiet, secondary } from '@/ui/button.ts';
import { Field, Form } from '@/ui/form.tsx';
import { Said } from '@/ui/said.tsx';

/** All that is known of the visitor, to take along or to have erased. */
export function Data() {
  const [leaving, setLeaving] = useState(false);
  const take = useSending(async () => {
    const all = await ask('/v1/accounts/me/export');
    save(new Blob([JSON.stringify(all, null, 2)], { type: 'application/json' }), 'tipple.json');
  });
  return (
    <section className={`${card} space-y-3`}>
      <h2 className="text-xl">{t('data.title')}</h2>
      <p className="text-muted">{t('data.text')}</p>
      <button
        type="button"
        aria-busy={take.isPending}
        onClick={() => take.mutate(undefined)}
        className={secondary}
      >
        {t('data.take')}
      </button>
      {take.error && (
        <p role="alert">
          <Said of={take.error} />
        </p>
      )}
      {leaving ? (
        <Leave stay={() => setLeaving(false)} />
      ) : (
        <div>
          <button type="button" onClick={() => setLeaving(true)} className={dangerous}>
            {t('data.erase')}
          </button>
        </div>
      )}
    </section>
  );
}

function Leave({ stay }: { stay: () => void }) {
  const navigate = useNavigate();
  const leave = useSending(
    ({ password }: Record<string, string>) =>
      send('post', '/v1/accounts/me/erasure', { body: password ? { password } : {} }),
    async () => {
      // The account is gone with all that its cookie opens, whether or not this is heard.
      await signOut().catch(over);
      await navigate({ to: '/' });
    },
  );
  return (
    <>
      <p>{t('data.erase.text')}</p>
      <Form send={leave.mutate} busy={leave.isPending} failed={leave.error} submit={t('data.erase.yes')}>
        <Field
          name="password"
          type="password"
          label={t('signIn.password')}
          autoComplete="current-password"
          autoFocus
        />
      </Form>
      <button type="button" onClick={stay} className={quiet}>
        {t('order.cancel.no')}
      </button>
    </>
  );
}
