import { useQuery, useQueryClient } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import type { Schema } from '@tipple/api';
import { useCallback, useEffect } from 'react';
import { t } from '@/lib/messages.ts';
import { useSignedIn } from '@/lib/session.ts';
import { Empty } from '@/ui/empty.tsx';
import { ProblemPage } from '@/ui/problem.tsx';
import { Waiting } from '@/ui/waiting.tsx';
import { type Did, foreseen } from './acts.ts';
import { useAwake } from './awake.ts';
import { Frame } from './frame.tsx';
import { useKept } from './kept.ts';
import { useLast } from './last.ts';
import { go } from './look.ts';
import { useLost } from './lost.ts';
import { Offer } from './offer.tsx';
import { usePings } from './pings.ts';
import { add, sendAll, waiting } from './queue.ts';
import { me } from './requests.ts';
import { BeginShift, EndShift, OnShift } from './shift.tsx';
import { JobStep } from './step.tsx';
import { Title } from './title.tsx';

const route = getRouteApi('/driver');
/** So often it is tried to send what waits, in milliseconds. */
const OFTEN = 5_000;

/** What the driver does next, and nothing else. */
export function Page(): React.ReactNode {
  const person = route.useLoaderData();
  const signedIn = useSignedIn();
  const { data: said, error, refetch } = useQuery({ ...me, enabled: signedIn });
  const data = useLast(person, said);
  const acts = useKept(waiting).filter((act) => act.person === person);
  const readings = useQueryClient();
  useSendingOn(person, acts.length > 0);
  useLost(said);
  const act = useCallback(
    (job: Schema<'DriverJob'>, did: Did) => {
      add(person, job, did);
      void sendAll(readings, person);
    },
    [person, readings],
  );
  const status = error?.problem?.status;
  const offline = status === 0 || (status !== undefined && status >= 500);
  return (
    <Frame
      waiting={acts.length}
      offline={offline}
      name={data?.given_name}
      offered={Boolean(data?.offer && data.job)}
    >
      {!signedIn && <SignInAgain />}
      {data ? (
        <Now
          me={acts.reduce(foreseen, data)}
          handed={acts.find(({ did }) => did === 'hand_over')}
          act={act}
        />
      ) : (
        signedIn && (error ? <Unread error={error} again={refetch} /> : <Waiting />)
      )}
    </Frame>
  );
}

interface Shown {
  me: Schema<'Me'>;
  /** What changed hands, while the house has not heard of it. */
  handed?: { job: string } & Did;
  act: (job: Schema<'DriverJob'>, did: Did) => void;
}

function Now({ me: { step, job, next, offer, on_shift_since: since }, handed, act }: Shown) {
  const place = usePings(Boolean(since));
  useAwake(Boolean(since));
  if (step === 'begin_shift') return <BeginShift />;
  return (
    <>
      {offer && !job && <Offer key={offer.offer} offer={offer} first />}
      {job && (
        <JobStep
          key={job.job}
          job={job}
          next={next}
          handed={handed?.job === job.job && handed.did === 'hand_over' ? handed.body : undefined}
          act={(did) => act(job, did)}
        />
      )}
      {/* What comes while something is carried must not push away what is just being pressed. */}
      {offer && job && <Offer key={offer.offer} offer={offer} first={false} />}
      {!job && !offer && (
        <section>
          <Title>{t('driver.wait')}</Title>
          <p className="mt-2 text-lg">{t('driver.wait.text')}</p>
        </section>
      )}
      <OnShift since={since} place={place} store={(job ?? offer)?.store.store} />
      {(!job || job.state === 'assigned') && <EndShift />}
    </>
  );
}

function useSendingOn(person: string, some: boolean) {
  const readings = useQueryClient();
  useEffect(() => {
    if (!some) return;
    const now = () => void sendAll(readings, person);
    now();
    const timer = setInterval(now, OFTEN);
    window.addEventListener('online', now);
    document.addEventListener('visibilitychange', now);
    return () => {
      clearInterval(timer);
      window.removeEventListener('online', now);
      document.removeEventListener('visibilitychange', now);
    };
  }, [readings, person, some]);
}

function SignInAgain() {
  return (
    <section role="alert" className="mb-6 rounded-md border border-danger bg-surface p-4">
      <p className="mb-3">{t('driver.signIn')}</p>
      <Link to="/sign-in" search={{ to: '/driver' }} className={go}>
        {t('signIn.title')}
      </Link>
    </section>
  );
}

function Unread({ error, again }: { error: Parameters<typeof ProblemPage>[0]['error']; again: () => void }) {
  const forbidden = 'problem' in error && (error.problem as { status: number }).status === 403;
  if (!forbidden) return <ProblemPage error={error} again={again} />;
  return (
    <>
      <h1>{t('driver.title')}</h1>
      <Empty title={t('driver.not')} text={t('driver.not.text')}>
        <Link to="/" className={go}>
          {t('driver.not.shop')}
        </Link>
      </Empty>
    </>
  );
}
