import { getRouteApi, Link } from '@tanstack/react-router';
import { useState } from 'react';
import { t, word } from '@/lib/messages.ts';
import { card, secondary } from '@/ui/button.ts';
import { Empty } from '@/ui/empty.tsx';
import { ProblemPage } from '@/ui/problem.tsx';
import { Select } from '@/ui/select.tsx';
import { Bar } from '@/ui/waiting.tsx';
import { More, useList } from '../list.tsx';
import { useMay } from '../myself.ts';
import { Letter } from './letter.tsx';
import { PutBack } from './put-back.tsx';
import { useReplays } from './replays.ts';
import { QUEUES, type Queue } from './route.ts';

const route = getRouteApi('/operator/dead-letters');

/** So often it is looked at whether what was put back is here again. */
const AGAIN = 15_000;

/** Events that a service could not handle; operators put them back, auditors look. */
export function Page(): React.ReactNode {
  const { queue } = route.useSearch();
  const navigate = route.useNavigate();
  const may = useMay()('replay_dead_letter');
  const [chosen, choose] = useState<number[]>([]);
  const replays = useReplays();
  const list = useList(
    '/v1/gateway/dead-letters',
    { query: { queue, limit: 50 } },
    replays.any ? AGAIN : false,
  );
  if (list.error && !list.items) return <ProblemPage error={list.error} again={list.again} />;
  const here = list.items;
  // What is not here any more is not chosen any more.
  const meant = here?.filter(({ letter }) => chosen.includes(letter)) ?? [];
  const gone = replays.gone(here ?? []);
  return (
    <>
      <h1>{t('dead.title')}</h1>
      <p className="mt-2 max-w-prose text-muted">{t('dead.text')}</p>
      <div className="mt-4 flex flex-wrap items-center gap-x-6 gap-y-2">
        <Select
          name={t('dead.service')}
          value={queue ?? ''}
          choices={[
            ['', t('operator.state.any')],
            ...QUEUES.map((one): [string, string] => [one, word('service', one)]),
          ]}
          choose={(one) => navigate({ search: one ? { queue: one as Queue } : {} })}
        />
        {may && here && here.length > 1 && (
          <button
            type="button"
            onClick={() => choose(meant.length < here.length ? here.map(({ letter }) => letter) : [])}
            className={secondary}
          >
            {t(meant.length < here.length ? 'dead.all' : 'dead.nothing')}
          </button>
        )}
        {may && meant.length > 0 && <PutBack letters={meant} put={replays.put} done={() => choose([])} />}
      </div>
      <p role="status" className="mt-3 font-medium text-success empty:hidden">
        {gone > 0 && t('dead.gone', { n: gone })}
      </p>
      {!here && <Bar className="mt-4 h-40 w-full" />}
      {here?.length === 0 && (
        <Empty title={t('dead.none')} text={t('dead.none.text')}>
          {queue && (
            <Link to="/operator/dead-letters" className={secondary}>
              {t('dead.everywhere')}
            </Link>
          )}
        </Empty>
      )}
      <ul className="mt-4 space-y-3">
        {here?.map((one) => (
          <li key={one.letter} className={card}>
            <Letter
              letter={one}
              became={replays.became(one)}
              put={may ? replays.put : undefined}
              chosen={meant.includes(one)}
              choose={(on) =>
                choose(on ? [...chosen, one.letter] : chosen.filter((letter) => letter !== one.letter))
              }
            />
          </li>
        ))}
      </ul>
      <More list={list} />
    </>
  );
}
