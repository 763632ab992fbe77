import { getRouteApi, Link, useRouter } from '@tanstack/react-router';
import { useState } from 'react';
import { forget } from '@/lib/letter.ts';
import { locales, t } from '@/lib/messages.ts';
import { send } from '@/lib/send.ts';
import { useSending } from '@/lib/sending.ts';
import { quiet } from '@/ui/button.ts';
import { Field, Form } from '@/ui/form.tsx';
import { Narrow } from '@/ui/narrow.tsx';
import { enter } from './enter.ts';
import { useArrival } from './page.tsx';
import { SignUpLetter } from './sign-up-letter.tsx';

const route = getRouteApi('/shop/sign-up');

/** What a letter's code completes. */
interface Begun {
  flow: string;
  minutes: number;
  email: string;
  password: string;
}

export function Page(): React.ReactNode {
  const { to } = route.useSearch();
  const letter = route.useLoaderData();
  const arrive = useArrival(to);
  const router = useRouter();
  const [begun, setBegun] = useState<Begun>();
  if (letter) {
    const back = () => {
      forget('/sign-up');
      void router.invalidate();
    };
    return <SignUpLetter key={letter.code} letter={letter} arrive={arrive} back={back} />;
  }
  if (begun) return <Confirm begun={begun} to={to} back={() => setBegun(undefined)} />;
  return <Begin to={to} next={setBegun} />;
}

function Begin({ to, next }: { to?: string; next: (begun: Begun) => void }) {
  const begin = useSending(
    ({
      email = '',
      password = '',
      given_name = '',
      family_name = '',
      date_of_birth,
    }: Record<string, string>) =>
      send('post', '/v1/accounts/sign-up', {
        body: { email, password, given_name, family_name, date_of_birth, language: locales()[0] },
      }),
    (begun, { email = '', password = '' }) => next({ ...begun, email, password }),
  );
  return (
    <Narrow title={t('signUp.title')}>
      <Form send={begin.mutate} busy={begin.isPending} failed={begin.error} submit={t('signUp.submit')}>
        <Field
          name="given_name"
          label={t('signUp.given')}
          autoComplete="given-name"
          maxLength={100}
          required
        />
        <Field
          name="family_name"
          label={t('signUp.family')}
          autoComplete="family-name"
          maxLength={100}
          required
        />
        <Field name="email" type="email" label={t('signIn.email')} autoComplete="username" required />
        <Field
          name="password"
          type="password"
          label={t('signIn.password')}
          hint={t('signUp.password')}
          autoComplete="new-password"
          minLength={10}
          required
        />
        <Field
          name="date_of_birth"
          type="date"
          label={t('signUp.birth')}
          hint={t('signUp.why')}
          autoComplete="bday"
          min="1900-01-01"
          required
        />
      </Form>
      <p className="mt-6">
        {t('signUp.known')}{' '}
        <Link to="/sign-in" search={{ to }} className={quiet}>
          {t('signIn.title')}
        </Link>
      </p>
    </Narrow>
  );
}

function Confirm({ begun, to, back }: { begun: Begun; to?: string; back: () => void }) {
  const arrive = useArrival(to);
  const confirm = useSending(
    ({ code = '' }: Record<string, string>) =>
      enter('/v1/accounts/sign-up/confirm', {
        flow: begun.flow,
        code: code.trim().toUpperCase(),
        password: begun.password,
      }),
    arrive,
  );
  return (
    <Narrow title={t('confirm.title')}>
      <p className="mb-4">{t('confirm.text', { email: begun.email, n: begun.minutes })}</p>
      <Form
        send={confirm.mutate}
        busy={confirm.isPending}
        failed={confirm.error}
        submit={t('confirm.submit')}
      >
        <Field name="code" label={t('confirm.code')} autoComplete="one-time-code" minLength={8} required />
      </Form>
      <button type="button" onClick={back} className={quiet}>
        {t('confirm.back')}
      </button>
    </Narrow>
  );
}
