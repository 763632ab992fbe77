import { useQuery } from '@tanstack/react-query';
import type { Answer } from '@tipple/api';
import { Fragment } from 'react';
import { day as dayOf, number, percent } from '@/lib/format.ts';
import { t } from '@/lib/messages.ts';
import { whole } from '@/lib/whole.ts';
import { Empty } from '@/ui/empty.tsx';
import { Export } from '@/ui/export.tsx';
import { ProblemPage } from '@/ui/problem.tsx';
import { Heading, Scrolling } from '@/ui/scrolling.tsx';
import { Stale } from '@/ui/stale.tsx';
import { Bar as Coming } from '@/ui/waiting.tsx';
import { Bar } from './chart.tsx';
import type { Asked } from './page.tsx';

type Day = Answer<'/v1/insight/funnel'>['items'][number];

/** Each is a part of the one before. */
const STAGES = ['carts', 'placed', 'paid', 'delivered'] as const;
/** Nobody can say which of them led to a basket, or came of one of these: they are told beside the steps. */
const BESIDE = ['visitors', 'orders'] as const;
const ALL = [...BESIDE, ...STAGES];

/** From a basket to having it: how many come how far. */
export function Funnel({ asked }: { asked: Asked }) {
  const { data, error, refetch } = useQuery(whole('/v1/insight/funnel', { query: asked }));
  if (error && !data) return <ProblemPage error={error} again={refetch} />;
  if (!data) return <Coming className="mt-6 h-80 w-full" />;
  if (data.length === 0) {
    return (
      <>
        <Stale error={error} />
        <Empty title={t('figures.none')} text={t('figures.none.text')} />
      </>
    );
  }
  const sum = (of: (typeof ALL)[number]) => data.reduce((all, day) => all + day[of], 0);
  const share = (stage: (typeof STAGES)[number]) => sum(stage) / Math.max(sum('carts'), 1);
  return (
    <>
      <Stale error={error} />
      <div className="mt-4 flex flex-wrap items-center justify-between gap-3">
        <p className="max-w-prose text-muted">{t('figures.funnel.text')}</p>
        <Export name={`funnel-${asked.from}-${asked.to}`} rows={() => rowsOf(data)} />
      </div>
      <Scrolling label={t('figures.kind.funnel')}>
        <tbody>
          {STAGES.map((stage) => (
            <tr key={stage} className="border-hairline not-first:border-t">
              <th scope="row" className="w-48 px-3 py-2 text-start font-medium">
                {t(`figures.stage.${stage}`)}
              </th>
              <td className="min-w-32 px-3 py-2">
                <Bar share={share(stage)} />
              </td>
              <td className="px-3 py-2 text-end font-semibold tabular-nums">{number(sum(stage))}</td>
              <td className="px-3 py-2 text-end text-muted tabular-nums">
                {sum('carts') > 0 && percent(Math.round(share(stage) * 1000) * 1000)}
              </td>
            </tr>
          ))}
        </tbody>
      </Scrolling>
      <h2 className="mt-6 text-xl">{t('figures.beside')}</h2>
      <p className="mt-1 max-w-prose text-muted">{t('figures.beside.text')}</p>
      <dl className="mt-2 grid max-w-prose grid-cols-[1fr_auto] gap-x-6 gap-y-1">
        {BESIDE.map((one) => (
          <Fragment key={one}>
            <dt>{t(`figures.stage.${one}`)}</dt>
            <dd className="text-end font-semibold tabular-nums">{number(sum(one))}</dd>
          </Fragment>
        ))}
      </dl>
      <h2 className="mt-6 text-xl">{t('figures.byDays')}</h2>
      <Days days={data} />
    </>
  );
}

function Days({ days }: { days: Day[] }) {
  return (
    <Scrolling label={t('figures.byDays')}>
      <thead>
        <tr className="text-sm text-muted">
          <Heading text={t('figures.day')} start />
          {ALL.map((stage) => (
            <Heading key={stage} text={t(`figures.stage.${stage}`)} />
          ))}
        </tr>
      </thead>
      <tbody>
        {days.map((day) => (
          <tr key={day.day} className="border-t border-hairline">
            <th scope="row" className="px-3 py-2 text-start font-normal whitespace-nowrap">
              {dayOf(day.day)}
            </th>
            {ALL.map((stage) => (
              <td key={stage} className="px-3 py-2 text-end tabular-nums">
                {number(day[stage])}
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </Scrolling>
  );
}

function rowsOf(days: Day[]): (string | number)[][] {
  return [
    ['day', 'views', ...ALL],
    ...days.map((day) => [day.day, day.views, ...ALL.map((one) => day[one])]),
  ];
}
