import { useQuery } from '@tanstack/react-query';
import type { Answer } from '@tipple/api';
import { day as dayOf, number, percent } from '@/lib/format.ts';
import { t } from '@/lib/messages.ts';
import { whole } from '@/lib/whole.ts';
import { quiet } from '@/ui/button.ts';
import { Export } from '@/ui/export.tsx';
import { Said } from '@/ui/said.tsx';
import { Heading, Scrolling } from '@/ui/scrolling.tsx';
import { Bar as Coming } from '@/ui/waiting.tsx';
import { Columns } from './chart.tsx';
import type { Asked } from './page.tsx';

type Day = Answer<'/v1/delivery/driver-use'>['items'][number];

const HOUR = 60;

/** How much of their time on shift drivers had something to bring. They drive for all stores. */
export function DriverUse({ asked: { from, to, time_zone } }: { asked: Asked }) {
  const read = useQuery(whole('/v1/delivery/driver-use', { query: { from, to, time_zone } }));
  return (
    <section aria-labelledby="driver-use" aria-busy={read.isPending} className="mt-10">
      <h2 id="driver-use" className="text-xl">
        {t('figures.use')}
      </h2>
      {read.error && (
        <p role="alert" className="mt-2 text-danger">
          <Said of={read.error} />{' '}
          <button type="button" onClick={() => read.refetch()} className={quiet}>
            {t('problem.again')}
          </button>
        </p>
      )}
      {read.isPending && <Coming className="mt-4 h-80 w-full" />}
      {read.data && <Use days={read.data} name={`drivers-${from}-${to}`} />}
    </section>
  );
}

function Use({ days, name }: { days: Day[]; name: string }) {
  if (days.every(({ shift_minutes }) => shift_minutes === 0)) {
    return <p className="mt-2 text-muted">{t('figures.use.none')}</p>;
  }
  return (
    <>
      <div className="mt-2 flex flex-wrap items-center justify-between gap-3">
        <p className="max-w-prose text-muted">{t('figures.use.text')}</p>
        <Export name={name} rows={() => rowsOf(days)} />
      </div>
      <Columns
        label={t('figures.byDay', { what: t('figures.use.share') })}
        columns={days.map((one) => ({ day: one.day, value: share(one) * 100 }))}
        say={(value) => percent(Math.round(value * 10) * 1000)}
      />
      <Table days={days.filter(({ drivers }) => drivers > 0)} />
    </>
  );
}

const share = ({ shift_minutes, job_minutes }: Day) => (shift_minutes > 0 ? job_minutes / shift_minutes : 0);

/** Days on which somebody was on shift. */
function Table({ days }: { days: Day[] }) {
  const sum = (of: (day: Day) => number) => days.reduce((all, day) => all + of(day), 0);
  const total: Day = {
    day: '',
    drivers: Math.max(...days.map(({ drivers }) => drivers)),
    shift_minutes: sum((day) => day.shift_minutes),
    job_minutes: sum((day) => day.job_minutes),
    deliveries: sum((day) => day.deliveries),
  };
  return (
    <Scrolling label={t('figures.byDays')}>
      <thead>
        <tr className="text-sm text-muted">
          <Heading text={t('figures.day')} start />
          <Heading text={t('figures.use.drivers')} />
          <Heading text={t('figures.use.shift')} />
          <Heading text={t('figures.use.job')} />
          <Heading text={t('figures.use.share')} />
          <Heading text={t('figures.delivered')} />
          <Heading text={t('figures.use.perHour')} />
        </tr>
      </thead>
      <tbody>
        {days.map((one) => (
          <Row key={one.day} name={dayOf(one.day)} day={one} />
        ))}
      </tbody>
      <tfoot className="border-t-2 border-hairline font-semibold">
        <Row name={t('figures.use.all')} day={total} />
      </tfoot>
    </Scrolling>
  );
}

function Row({ name, day }: { name: string; day: Day }) {
  const { drivers, shift_minutes: shift, job_minutes: job, deliveries } = day;
  const cells = [
    number(drivers),
    number(shift / HOUR, 1),
    number(job / HOUR, 1),
    shift > 0 ? percent(Math.round(share(day) * 1000) * 1000) : '–',
    number(deliveries),
    shift > 0 ? number(deliveries / (shift / HOUR), 1) : '–',
  ];
  return (
    <tr className="border-t border-hairline">
      <th scope="row" className="px-3 py-2 text-start font-normal whitespace-nowrap">
        {name}
      </th>
      {cells.map((text, place) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: each column is always in its place
        <td key={place} className="px-3 py-2 text-end tabular-nums">
          {text}
        </td>
      ))}
    </tr>
  );
}

function rowsOf(days: Day[]): (string | number)[][] {
  return [
    ['day', 'drivers', 'shift_minutes', 'job_minutes', 'deliveries'],
    ...days.map(({ day, drivers, shift_minutes, job_minutes, deliveries }) => [
      day,
      drivers,
      shift_minutes,
      job_minutes,
      deliveries,
    ]),
  ];
}
