import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { part } from '@/lib/lazily.ts';
import { t } from '@/lib/messages.ts';
import { anew, type Session } from '@/lib/session.ts';
import { Later } from '@/ui/later.tsx';
import { ProblemPage } from '@/ui/problem.tsx';
import { Bar } from '@/ui/waiting.tsx';
import { me } from '../requests.ts';
import { Authenticator } from './authenticator.tsx';
import { Codes } from './codes.tsx';
import { Passkeys } from './passkeys.tsx';
import { Recovery } from './recovery.tsx';
import { factors } from './requests.ts';
import { SignInAgain } from './sign-in-again.tsx';

const Work = part(async () => ({ Page: (await import('../work.tsx')).Work }), 'entry');

/** What the visitor shows besides a password. */
export function Page(): React.ReactNode {
  const { data, error, refetch } = useQuery(factors);
  const { data: known } = useQuery(me);
  const [codes, setCodes] = useState<string[]>();
  const [session, setSession] = useState<Session | null>(null);
  if (error && !data) return <ProblemPage error={error} again={refetch} />;
  const any = data !== undefined && (data.authenticator || data.passkeys > 0);
  /** With a factor comes what waited for one; and codes, where there are none yet. */
  const added = async (fresh?: string[] | null) => {
    if (fresh) setCodes(fresh);
    setSession(await anew());
  };
  const change = !any || data.strong;
  const withPassword = known?.has_password ?? true;
  return (
    <>
      <h1>{t('second.page')}</h1>
      <p className="mt-2 max-w-prose text-muted">{t('factor.text')}</p>
      {data?.required && !any && (
        <p className="mt-4 max-w-prose rounded-sm bg-accent-soft p-3 font-medium">{t('factor.required')}</p>
      )}
      {!change && (
        <div className="mt-4 max-w-prose space-y-3">
          <p>{t('factor.weak')}</p>
          <SignInAgain />
        </div>
      )}
      {codes && <Codes codes={codes} done={() => setCodes(undefined)} />}
      {any && session && !codes && (
        <div className="mt-4 space-y-3">
          <p role="status" className="font-medium text-success">
            {t('factor.added')}
          </p>
          <Later room={<div className="h-11" />}>
            <Work session={session} />
          </Later>
        </div>
      )}
      <div className="mt-6 grid items-start gap-6 lg:grid-cols-2">
        {data ? (
          <>
            <Authenticator
              inForce={data.authenticator}
              change={change}
              withPassword={withPassword}
              added={added}
            />
            <Passkeys change={change} withPassword={withPassword} added={added} />
            {any && <Recovery left={data.recovery_codes} change={change} renewed={setCodes} />}
          </>
        ) : (
          <>
            <Bar className="h-40 w-full" />
            <Bar className="h-40 w-full" />
          </>
        )}
      </div>
    </>
  );
}
