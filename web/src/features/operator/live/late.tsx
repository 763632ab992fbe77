import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { Schema } from '@tipple/api';
import type { ReactNode } from 'react';
import { clock } from '@/lib/format.ts';
import { t, word } from '@/lib/messages.ts';
import { Bar } from '@/ui/waiting.tsx';
import { WhoseTime } from '@/ui/whose-time.tsx';
import { everyStore } from '../stores.ts';
import { ago } from './ago.ts';
import { JobDeeds } from './job-deeds.tsx';

type Job = Schema<'JobSummary'>;

/** Deliveries that should have moved long ago, and what can be done about each. */
export function Late({ jobs, more }: { jobs?: Job[]; more: ReactNode }) {
  const title = t('handling.live.late');
  const { data: stores } = useQuery(everyStore);
  if (!jobs) return <Bar className="h-20 w-full" />;
  return (
    <section
      aria-label={title}
      className={`rounded-md border bg-surface p-4 ${jobs.length > 0 ? 'border-danger' : 'border-hairline'}`}
    >
      <h2 className="text-xl">{title}</h2>
      {jobs.length === 0 && <p className="mt-2 text-muted">{t('handling.live.late.none')}</p>}
      <ul className="divide-y divide-hairline">
        {jobs.map((job) => (
          <li key={job.job} className="py-3 last:pb-0">
            <OneLate job={job} zone={stores?.find(({ store }) => store === job.store)?.time_zone} />
          </li>
        ))}
      </ul>
      {more}
    </section>
  );
}

function OneLate({ job, zone }: { job: Job; zone?: string }) {
  return (
    <>
      <p className="flex flex-wrap items-baseline gap-x-3">
        <Link
          to="/operator/orders/$order"
          params={{ order: job.order }}
          className="font-semibold text-brand underline underline-offset-4"
        >
          {job.number}
        </Link>
        <span className="font-medium text-danger">{word('job', job.state)}</span>
        <span>{job.store_name}</span>
        {job.driver_name && <span>{t('handling.drives', { name: job.driver_name })}</span>}
      </p>
      <p className="text-sm text-muted">
        {job.eta
          ? t('handling.live.wasDue', { time: clock(job.eta, zone), ago: ago(job.eta) })
          : t('handling.live.readyAt', { time: clock(job.ready_at, zone), ago: ago(job.ready_at) })}
      </p>
      {job.eta && !job.eta_rough && <WhoseTime rough={false} />}
      <JobDeeds job={job} />
    </>
  );
}
