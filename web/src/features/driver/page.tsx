import { useQueryClient } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import type { Schema } from '@tipple/api';
import { useCallback } from 'react';
import { t } from '@/lib/messages.ts';
import { Absent } from './absent.tsx';
import { type Did, foreseen } from './acts.ts';
import { useDriving } from './driving.ts';
import { Frame } from './frame.tsx';
import { other } from './look.ts';
import { Offer } from './offer.tsx';
import { add, sendAll } from './queue.ts';
import { BeginShift, EndShift, OnShift } from './shift.tsx';
import { SignInAgain } from './sign-in-again.tsx';
import { JobStep } from './step.tsx';
import { Title } from './title.tsx';

const route = getRouteApi('/driver');

/** What the driver does next, and nothing else. */
export function Page(): React.ReactNode {
  const person = route.useLoaderData();
  const { signedIn, data, acts, place, cut, error, refetch } = useDriving(person);
  const readings = useQueryClient();
  const act = useCallback(
    (job: Schema<'DriverJob'>, did: Did) => {
      add(person, job, did);
      void sendAll(readings, person);
    },
    [person, readings],
  );
  return (
    <Frame waiting={acts.length} cut={cut} name={data?.given_name} offered={Boolean(data?.offer && data.job)}>
      {!signedIn && <SignInAgain to="/driver" />}
      {data ? (
        <Now
          me={acts.reduce(foreseen, data)}
          place={place}
          handed={acts.find(({ did }) => did === 'hand_over')}
          act={act}
        />
      ) : (
        signedIn && <Absent error={error} cut={cut} again={refetch} unknown={t('driver.unknown')} />
      )}
    </Frame>
  );
}

interface Shown {
  me: Schema<'Me'>;
  place: Parameters<typeof OnShift>[0]['place'];
  /** What changed hands, while the house has not heard of it. */
  handed?: { job: string } & Did;
  act: (job: Schema<'DriverJob'>, did: Did) => void;
}

function Now({ me, place, handed, act }: Shown) {
  const { step, job, next, offer, on_shift_since: since, can } = me;
  if (step === 'begin_shift')
    return (
      <>
        <BeginShift />
        <ToEarnings />
      </>
    );
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
      <OnShift since={since} place={place} zone={(job ?? offer)?.store.time_zone} />
      {can.includes('end_shift') && <EndShift />}
      {!job && <ToEarnings />}
    </>
  );
}

function ToEarnings() {
  return (
    <Link to="/driver/earnings" className={`${other} mt-4`}>
      {t('driver.earnings')}
    </Link>
  );
}
