import type { Schema } from '@tipple/api';
import { t } from '@/lib/messages.ts';
import { card } from '@/ui/button.ts';
import type { Did } from './acts.ts';
import { AtDoor } from './at-door.tsx';
import { Handed } from './handed.tsx';
import { go } from './look.ts';
import { StoreStop } from './stop.tsx';
import { Title } from './title.tsx';
import { ToDoor } from './to-door.tsx';
import { ToStore } from './to-store.tsx';

interface Shown {
  job: Schema<'DriverJob'>;
  next?: Schema<'DriverJob'> | null;
  /** What changed hands, while the house has not heard of it. */
  handed?: Schema<'HandOver'>;
  act: (did: Did) => void;
}

/** The one thing to do for the job at hand; then what comes after it. */
export function JobStep({ job, next, handed, act }: Shown) {
  if (handed) return <Handed job={job} next={next} handed={handed} />;
  return (
    <>
      {job.state === 'assigned' && <ToStore job={job} />}
      {job.state === 'picked_up' && <ToDoor job={job} act={act} />}
      {job.state === 'arrived' && <AtDoor job={job} act={act} />}
      {job.state === 'returning' && <Back job={job} act={act} />}
      {next && <Next job={next} />}
    </>
  );
}

function Back({ job, act }: { job: Schema<'DriverJob'>; act: (did: Did) => void }) {
  return (
    <section>
      <Title>{t('driver.back')}</Title>
      <p className="mt-2 text-lg">{t('driver.back.text')}</p>
      <StoreStop order={job.order} store={job.store} />
      {job.can.includes('return') && (
        <button type="button" onClick={() => act({ did: 'return' })} className={go}>
          {t('driver.back.done')}
        </button>
      )}
    </section>
  );
}

function Next({ job }: { job: Schema<'DriverJob'> }) {
  return (
    <section className={`${card} mt-6`}>
      <h2 className="text-base font-medium text-muted">{t('driver.next')}</h2>
      <p className="text-lg">{t('driver.next.text', { number: job.number, store: job.store.name })}</p>
      <p>
        <bdi>{job.store.address}</bdi>
      </p>
    </section>
  );
}
