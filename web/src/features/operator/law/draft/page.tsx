import { useQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import type { Schema } from '@tipple/api';
import { useState } from 'react';
import { t } from '@/lib/messages.ts';
import { reading } from '@/lib/reading.ts';
import { quiet } from '@/ui/button.ts';
import { Empty } from '@/ui/empty.tsx';
import { Held } from '@/ui/held.tsx';
import { ProblemPage } from '@/ui/problem.tsx';
import { Stale } from '@/ui/stale.tsx';
import { Waiting } from '@/ui/waiting.tsx';
import { useMay } from '../../myself.ts';
import { Added, Editor } from './editor.tsx';
import { Simulator } from './simulator.tsx';

const route = getRouteApi('/operator/compliance/$code/new');

/** A new version of a jurisdiction's rules, and beside it what the law says of a sale. */
export function Page(): React.ReactNode {
  const { code } = route.useParams();
  const may = useMay()('add_rulebook');
  const path = { code };
  const place = useQuery(reading('/v1/compliance/jurisdictions/{code}', { path }));
  const newest = useQuery(
    reading('/v1/compliance/jurisdictions/{code}/rulebooks', { path, query: { limit: 1 } }),
  );
  const [added, add] = useState<Schema<'RulebookView'>>();
  const error = place.error ?? newest.error;
  if (error && !(place.data && newest.data)) {
    return (
      <ProblemPage
        error={error}
        again={() => {
          place.refetch();
          newest.refetch();
        }}
      />
    );
  }
  if (!place.data || !newest.data) return <Waiting />;
  const [last] = newest.data.items;
  return (
    <>
      <Stale error={error} />
      <p>
        <Link to="/operator/compliance/$code" params={{ code }} className={quiet}>
          <bdi>{place.data.name}</bdi>
        </Link>
      </p>
      <h1 className="mt-2">{t('law.new')}</h1>
      <p className="mt-2 max-w-prose text-muted">{t('law.new.text')}</p>
      {may ? (
        <div className="mt-6 grid items-start gap-6 xl:grid-cols-[minmax(0,1fr)_22rem]">
          <div className="min-w-0">
            {added ? (
              <Added added={added} zone={place.data.time_zone} />
            ) : (
              <Held read={last} decided={(rulebook) => rulebook?.version}>
                {(from, { over, touch }) => (
                  <Editor
                    code={code}
                    zone={place.data.time_zone}
                    from={from}
                    over={over}
                    touch={touch}
                    done={add}
                  />
                )}
              </Held>
            )}
          </div>
          <Simulator />
        </div>
      ) : (
        <Empty title={t('operator.none')} text={t('operator.none.text')} />
      )}
    </>
  );
}
