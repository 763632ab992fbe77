import { useQuery } from '@tanstack/react-query';
import { getRouteApi, Link, useNavigate } from '@tanstack/react-router';
import type { Schema } from '@tipple/api';
import { useState } from 'react';
import { pourAll } from '@/lib/basket.ts';
import { t } from '@/lib/messages.ts';
import { reading } from '@/lib/reading.ts';
import { useSending } from '@/lib/sending.ts';
import { signedIn } from '@/lib/session.ts';
import { quiet } from '@/ui/button.ts';
import { Field, Form } from '@/ui/form.tsx';
import { Narrow } from '@/ui/narrow.tsx';
import { enter } from './enter.ts';
import { Providers } from './providers.tsx';
import { SecondFactor } from './second-factor.tsx';

const route = getRouteApi('/shop/sign-in');
const providers = reading('/v1/accounts/providers', {});

/** Signing in: a password, then a second factor where there is one. */
export function Page(): React.ReactNode {
  const { to } = route.useSearch();
  const arrive = useArrival(to);
  const [challenge, setChallenge] = useState<Schema<'Challenge'>>();
  const { data: listed } = useQuery(providers);
  const password = useSending(
    ({ email, password }: Record<string, string>) =>
      enter('/v1/accounts/sign-in', { email: email ?? '', password: password ?? '' }),
    async (answer) => {
      if ('second_factor' in answer) setChallenge(answer.second_factor);
      else await arrive(answer);
    },
  );
  if (challenge) {
    return <SecondFactor challenge={challenge} arrive={arrive} again={() => setChallenge(undefined)} />;
  }
  return (
    <Narrow title={t('signIn.title')}>
      <Form
        send={password.mutate}
        busy={password.isPending}
        failed={password.error}
        submit={t('signIn.submit')}
      >
        <Field name="email" type="email" label={t('signIn.email')} autoComplete="username" required />
        <Field
          name="password"
          type="password"
          label={t('signIn.password')}
          autoComplete="current-password"
          required
        />
      </Form>
      <Providers listed={listed?.items ?? []} to={to} />
      <p className="mt-6">
        {t('signIn.new')}{' '}
        <Link to="/sign-up" search={{ to }} className={quiet}>
          {t('signUp.title')}
        </Link>
      </p>
      <p>
        <Link to="/forgotten" className={quiet}>
          {t('signIn.forgotten')}
        </Link>
      </p>
    </Narrow>
  );
}

/** Where one goes who has just signed in; what was wanted comes along. */
export function useArrival(to?: string) {
  const navigate = useNavigate();
  return async (answer: Schema<'SignedIn'>) => {
    signedIn(answer);
    // What is sold out or gone by now stays here, and the basket says so.
    await pourAll().catch(() => undefined);
    // A role that waits for a second factor is why most come who have one.
    const start = answer.must_enrol ? '/account/second-factor' : '/';
    await navigate({ to: (to ?? start) as '/', replace: true });
  };
}
