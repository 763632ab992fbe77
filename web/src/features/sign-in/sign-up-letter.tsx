import { Link } from '@tanstack/react-router';
import type { Schema } from '@tipple/api';
import { forget, type Letter } from '@/lib/letter.ts';
import { t } from '@/lib/messages.ts';
import { Failed } from '@/lib/network.ts';
import { useSending } from '@/lib/sending.ts';
import { quiet } from '@/ui/button.ts';
import { Field, Form } from '@/ui/form.tsx';
import { Narrow } from '@/ui/narrow.tsx';
import { enter } from './enter.ts';

interface Shown {
  letter: Letter;
  arrive: (answer: Schema<'SignedIn'>) => Promise<void>;
  /** To sign up from the beginning. */
  back: () => void;
}

/** The end of a sign-up by the letter's link: it may be another browser than the one where it began. */
export function SignUpLetter({ letter, arrive, back }: Shown) {
  const confirm = useSending(
    ({ password = '' }: Record<string, string>) =>
      enter('/v1/accounts/sign-up/confirm', { ...letter, password }),
    async (answer) => {
      forget('/sign-up');
      await arrive(answer);
    },
  );
  const refused = confirm.error instanceof Failed && confirm.error.problem.code === 'code-refused';
  return (
    <Narrow title={t('second.title')}>
      <p className="mb-4">{t('confirm.password')}</p>
      <Form
        send={confirm.mutate}
        busy={confirm.isPending}
        failed={refused ? null : confirm.error}
        submit={t('confirm.submit')}
      >
        <Field
          name="password"
          type="password"
          label={t('signIn.password')}
          autoComplete="current-password"
          maxLength={200}
          required
        />
      </Form>
      {refused && (
        <p role="alert" className="mt-6 text-danger">
          {t('confirm.refused')}
        </p>
      )}
      <p className="mt-4 flex flex-wrap gap-x-4">
        <button type="button" onClick={back} className={quiet}>
          {t('confirm.again')}
        </button>
        <Link to="/sign-in" className={`${quiet} flex items-center`}>
          {t('signIn.title')}
        </Link>
      </p>
    </Narrow>
  );
}
