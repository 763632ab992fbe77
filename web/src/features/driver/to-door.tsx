import type { Schema } from '@tipple/api';
import { useState } from 'react';
import { clock } from '@/lib/format.ts';
import { t } from '@/lib/messages.ts';
import { WhoseTime } from '@/ui/whose-time.tsx';
import type { Did } from './acts.ts';
import { aside, go } from './look.ts';
import { Refuse } from './refuse.tsx';
import { Stop } from './stop.tsx';
import { Title } from './title.tsx';

/** To the door, with all of it in the bag. */
export function ToDoor({ job, act }: { job: Schema<'DriverJob'>; act: (did: Did) => void }) {
  const [trouble, setTrouble] = useState(false);
  if (trouble) return <Refuse reasons={job.refusals} act={act} back={() => setTrouble(false)} />;
  const { door } = job;
  return (
    <section>
      <Title>{t('driver.door')}</Title>
      {job.eta && (
        <>
          <p className="mt-2 text-lg">
            {t('driver.door.due', { time: clock(job.eta, job.store.time_zone) })}
          </p>
          <WhoseTime rough={job.eta_rough} />
        </>
      )}
      <Stop
        order={job.order}
        kind="door"
        title={t('driver.door.at')}
        name={door.recipient}
        address={door.address}
        place={door.place}
      >
        {door.instructions && (
          <p className="mt-3 rounded-sm bg-accent-soft p-3 text-lg [overflow-wrap:anywhere]">
            <bdi>{door.instructions}</bdi>
          </p>
        )}
      </Stop>
      {job.can.includes('arrive') && (
        <button type="button" onClick={() => act({ did: 'arrive' })} className={go}>
          {t('driver.door.arrived')}
        </button>
      )}
      {job.can.includes('refuse') && (
        <button type="button" onClick={() => setTrouble(true)} className={aside}>
          {t('driver.door.trouble')}
        </button>
      )}
    </section>
  );
}
