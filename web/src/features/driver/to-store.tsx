import type { Schema } from '@tipple/api';
import { clock } from '@/lib/format.ts';
import { t } from '@/lib/messages.ts';
import { send } from '@/lib/send.ts';
import { card } from '@/ui/button.ts';
import { useAsking } from './asking.ts';
import { go } from './look.ts';
import { Failure } from './shift.tsx';
import { StoreStop } from './stop.tsx';
import { Title } from './title.tsx';

/** To the store, and what to fetch there. The law is asked before it leaves, so this waits for an answer. */
export function ToStore({ job }: { job: Schema<'DriverJob'> }) {
  const take = useAsking(() => send('post', '/v1/delivery/jobs/{job}/pick-up', { path: { job: job.job } }));
  return (
    <section>
      <Title>{t('driver.store')}</Title>
      <StoreStop order={job.order} store={job.store}>
        <p className="mt-3 text-muted">{t('driver.store.number')}</p>
        <p className="text-4xl font-bold tracking-wide">
          <bdi>{job.number}</bdi>
        </p>
      </StoreStop>
      <section className={`${card} my-4`}>
        <h2 className="text-base font-medium text-muted">{t('driver.store.what')}</h2>
        <ul className="divide-y divide-hairline text-lg">
          {job.lines.map(({ line, quantity, name }) => (
            <li key={line} className="py-2 [overflow-wrap:anywhere]">
              {t('driver.line', { n: quantity, name })}
            </li>
          ))}
        </ul>
      </section>
      {!job.ready && (
        <p className="mb-4 rounded-sm bg-accent-soft p-3 text-lg" role="status">
          {t('driver.store.packing', { time: clock(job.ready_at, job.store.time_zone) })}
        </p>
      )}
      {job.ready && job.leaves_from && !job.can.includes('pick_up') && (
        <p className="mb-4 rounded-sm bg-accent-soft p-3 text-lg" role="status">
          {t('driver.store.early', { time: clock(job.leaves_from, job.store.time_zone) })}
        </p>
      )}
      <Failure failed={take.failed} />
      {job.can.includes('pick_up') && (
        <button type="button" aria-busy={take.busy} onClick={() => take.press()} className={go}>
          {t('driver.store.taken')}
        </button>
      )}
    </section>
  );
}
