import { getRouteApi, Link } from '@tanstack/react-router';
import { forget } from '@/lib/letter.ts';
import { t } from '@/lib/messages.ts';
import { send } from '@/lib/send.ts';
import { useSending } from '@/lib/sending.ts';
import { anew } from '@/lib/session.ts';
import { primary, quiet } from '@/ui/button.ts';
import { Field, Form } from '@/ui/form.tsx';
import { Narrow } from '@/ui/narrow.tsx';
import { isRefused } from './refused.ts';

const route = getRouteApi('/shop/reset-password');

/** A new password, by the link of a letter. */
export function Page(): React.ReactNode {
  const letter = route.useLoaderData();
  const reset = useSending(
    async ({ password = '' }: Record<string, string>) => {
      if (letter)
        await send('post', '/v1/accounts/password/reset/confirm', { body: { ...letter, password } });
    },
    async () => {
      forget('/reset-password');
      // All sessions of theirs are over, this browser's among them.
      await anew();
    },
  );
  const refused = isRefused(reset.error);
  if (reset.isSuccess) {
    return (
      <Narrow title={t('letter.password.title')}>
        <p role="status" className="mb-6">
          {t('letter.password.done')}
        </p>
        <Link to="/sign-in" className={primary}>
          {t('signIn.title')}
        </Link>
      </Narrow>
    );
  }
  if (!letter) {
    return (
      <Narrow title={t('letter.password.title')}>
        <p className="mb-6">{t('letter.none')}</p>
        <Another />
      </Narrow>
    );
  }
  return (
    <Narrow title={t('letter.password.title')}>
      <Form
        key={letter.code}
        send={reset.mutate}
        busy={reset.isPending}
        failed={refused ? null : reset.error}
        submit={t('forgotten.finish')}
      >
        <Field
          name="password"
          type="password"
          label={t('forgotten.password')}
          hint={t('signUp.password')}
          autoComplete="new-password"
          minLength={10}
          maxLength={200}
          required
        />
      </Form>
      {refused && (
        <p role="alert" className="mt-6 text-danger">
          {t('letter.password.refused')} <Another />
        </p>
      )}
    </Narrow>
  );
}

function Another() {
  return (
    <Link to="/forgotten" className={quiet}>
      {t('letter.password.another')}
    </Link>
  );
}
