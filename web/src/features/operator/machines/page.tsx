import { useQuery } from '@tanstack/react-query';
import type { Schema } from '@tipple/api';
import { useState } from 'react';
import { moment } from '@/lib/format.ts';
import { t } from '@/lib/messages.ts';
import { reading } from '@/lib/reading.ts';
import { send } from '@/lib/send.ts';
import { card } from '@/ui/button.ts';
import { Empty } from '@/ui/empty.tsx';
import { ProblemPage } from '@/ui/problem.tsx';
import { Stale } from '@/ui/stale.tsx';
import { Bar } from '@/ui/waiting.tsx';
import { Deed } from '../deed.tsx';
import { named } from '../people/roles.ts';
import { Add } from './add.tsx';

/** Programs that may call in their own name. */
export function Page(): React.ReactNode {
  const { data, error, refetch } = useQuery(reading('/v1/accounts/machines', {}));
  const [made, setMade] = useState<Schema<'NewMachine'>>();
  if (error && !data) return <ProblemPage error={error} again={refetch} />;
  return (
    <>
      <h1>{t('machines.title')}</h1>
      <Stale error={error} />
      <p className="mt-2 max-w-prose text-muted">{t('machines.text')}</p>
      <div className="mt-6 grid items-start gap-6 lg:grid-cols-[24rem_minmax(0,1fr)]">
        <Add made={setMade} />
        <div>
          <div role="status">{made && <Secret machine={made} />}</div>
          {!data && <Bar className="h-24 w-full" />}
          {data?.length === 0 && <Empty title={t('machines.none')} text={t('machines.none.text')} />}
          <ul className="space-y-3">
            {data?.map((one) => (
              <li key={one.machine} className={card}>
                <Machine machine={one} />
              </li>
            ))}
          </ul>
        </div>
      </div>
    </>
  );
}

/** Shown this once. */
function Secret({ machine: { machine, secret } }: { machine: Schema<'NewMachine'> }) {
  return (
    <section
      aria-label={t('machines.secret')}
      className="mb-4 rounded-md border-2 border-brand bg-surface p-4"
    >
      <h2 className="text-xl">{t('machines.secret')}</h2>
      <p className="my-2">{t('machines.secret.text')}</p>
      <dl>
        <dt className="text-sm text-muted">{t('machines.id')}</dt>
        <dd dir="ltr" className="font-mono">
          {machine}
        </dd>
        <dt className="mt-2 text-sm text-muted">{t('machines.secret')}</dt>
        <dd dir="ltr" className="font-mono">
          {secret}
        </dd>
      </dl>
    </section>
  );
}

function Machine({ machine }: { machine: Schema<'Machine'> }) {
  return (
    <>
      <h2 className="text-lg">
        <bdi>{machine.name}</bdi>
      </h2>
      <p>{named(machine.roles)}</p>
      <p dir="ltr" className="font-mono text-sm rtl:text-end">
        {machine.scopes.join(' ')}
      </p>
      <p className="mb-3 text-sm text-muted">
        {machine.used_at
          ? t('machines.used', { time: moment(machine.used_at) })
          : t('machines.unused', { time: moment(machine.made_at) })}
      </p>
      <Deed
        open={t('machines.end')}
        text={t('machines.end.text')}
        submit={t('machines.end.yes')}
        grave
        send={() => send('delete', '/v1/accounts/machines/{machine}', { path: { machine: machine.machine } })}
      />
    </>
  );
}
