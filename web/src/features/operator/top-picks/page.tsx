import { useQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import { useMemo, useState } from 'react';
import { t } from '@/lib/messages.ts';
import { tab, tabs } from '@/ui/button.ts';
import { ProblemPage } from '@/ui/problem.tsx';
import { Stale } from '@/ui/stale.tsx';
import { Bar } from '@/ui/waiting.tsx';
import { Curating, type Done } from './changes.ts';
import { Curation } from './curation.tsx';
import { History } from './history.tsx';
import { Preview } from './preview.tsx';
import { Ranking } from './ranking.tsx';
import { list, useStanding } from './requests.ts';
import { Undo } from './undo.tsx';

const route = getRouteApi('/operator/top-picks');
const VIEWS = ['list', 'ranking', 'preview', 'history'] as const;

/** What the shop shows first: by the score, and as people decide. */
export function Page(): React.ReactNode {
  const { view = 'list' } = route.useSearch();
  const [done, setDone] = useState<Done>();
  const { standing, ...history } = useStanding();
  const picks = useQuery(list);
  const curating = useMemo(() => ({ standing: standing ?? new Map(), done: setDone }), [standing]);
  const failed = picks.error ?? (standing ? null : history.error);
  const again = () => Promise.all([picks.refetch(), history.refetch()]);
  return (
    <Curating value={curating}>
      <h1>{t('picks.title')}</h1>
      <p className="mt-2 max-w-prose text-muted">{t('picks.text')}</p>
      <nav aria-label={t('picks.views')} className={tabs}>
        {VIEWS.map((one) => (
          <Link
            key={one}
            from="/operator/top-picks"
            search={one === 'list' ? {} : { view: one }}
            aria-current={one === view ? 'page' : undefined}
            activeOptions={{ exact: true }}
            className={tab}
          >
            {t(`picks.view.${one}`)}
          </Link>
        ))}
      </nav>
      <Stale error={picks.data && standing ? failed : null} />
      {view === 'history' ? (
        <History />
      ) : view === 'ranking' ? (
        <Ranking />
      ) : failed && !(picks.data && standing) ? (
        <ProblemPage error={failed} again={again} />
      ) : !picks.data || !standing ? (
        <Coming />
      ) : view === 'preview' ? (
        <Preview />
      ) : (
        <Curation picks={picks.data.items} standing={standing} />
      )}
      <Undo done={done} close={() => setDone(undefined)} />
    </Curating>
  );
}

function Coming() {
  return (
    <div aria-busy="true" className="mt-6 space-y-4">
      <p role="status" className="sr-only">
        {t('site.waiting')}
      </p>
      <Bar className="h-11 w-full max-w-xl" />
      <Bar className="h-[60vh] w-full" />
    </div>
  );
}
