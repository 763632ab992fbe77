import { useQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import type { Schema } from '@tipple/api';
import { moment, number } from '@/lib/format.ts';
import { t } from '@/lib/messages.ts';
import { reading } from '@/lib/reading.ts';
import { card, secondary } from '@/ui/button.ts';
import { ProblemPage } from '@/ui/problem.tsx';
import { Waiting } from '@/ui/waiting.tsx';
import { More, useList } from '../list.tsx';
import { useMay } from '../myself.ts';
import { Rules } from './rules.tsx';

const route = getRouteApi('/operator/compliance/$code');

/** The rules of one jurisdiction, in all their versions. */
export function Page(): React.ReactNode {
  const { code } = route.useParams();
  const { version } = route.useSearch();
  const may = useMay()('add_rulebook');
  const place = useQuery(reading('/v1/compliance/jurisdictions/{code}', { path: { code } }));
  const list = useList('/v1/compliance/jurisdictions/{code}/rulebooks', { path: { code } });
  const { error, data } = place;
  if (error && !data) return <ProblemPage error={error} again={place.refetch} />;
  if (list.error && !list.items) return <ProblemPage error={list.error} again={list.again} />;
  if (!data || !list.items) return <Waiting />;
  const zone = data.time_zone;
  return (
    <>
      <p>
        <Link
          to="/operator/compliance"
          className="inline-flex min-h-11 items-center underline underline-offset-4"
        >
          {t('law.title')}
        </Link>
      </p>
      <h1>
        <bdi>{data.name}</bdi>
      </h1>
      <p className="mt-2 text-muted">
        <bdi>{data.code}</bdi> · <bdi>{zone}</bdi>
      </p>
      {may && (
        <Link to="/operator/compliance/$code/new" params={{ code }} className={`${secondary} mt-4`}>
          {t('law.new')}
        </Link>
      )}
      {list.items.length === 0 ? (
        <p className="mt-4">{t('law.rulebooks.none')}</p>
      ) : (
        <div className="mt-6 grid items-start gap-6 lg:grid-cols-[16rem_minmax(0,1fr)]">
          <nav aria-label={t('law.versions')} className={card}>
            <h2 className="mb-2 text-xl">{t('law.versions')}</h2>
            <Versions books={list.items} code={code} shown={version} zone={zone} />
            <More list={list} />
          </nav>
          <Shown code={code} version={version ?? list.items[0]?.version ?? 1} zone={zone} />
        </div>
      )}
    </>
  );
}

interface VersionsShown {
  books: Schema<'RulebookView'>[];
  code: string;
  shown?: number;
  zone: string;
}

function Versions({ books, code, shown = books[0]?.version, zone }: VersionsShown) {
  return (
    <ul>
      {books.map(({ version, valid_from }) => (
        <li key={version}>
          <Link
            to="/operator/compliance/$code"
            params={{ code }}
            search={{ version }}
            aria-current={version === shown ? 'true' : undefined}
            className="block rounded-sm px-2 py-2 hover:bg-bg aria-[current=true]:bg-brand-soft"
          >
            <span className="block font-medium">{t('law.version', { n: number(version) })}</span>
            <span className="block text-sm text-muted">{since(valid_from, zone)}</span>
          </Link>
        </li>
      ))}
    </ul>
  );
}

/** What counts from the first instant that computers know was never begun. */
const since = (at: string, zone: string) =>
  Date.parse(at) <= 0 ? t('law.from.ever') : t('law.from', { time: moment(at, zone) });

/** A verdict may name a version that is not among the newest. */
function Shown({ code, version, zone }: { code: string; version: number; zone: string }) {
  const where = { path: { code, version } };
  const read = useQuery(reading('/v1/compliance/jurisdictions/{code}/rulebooks/{version}', where));
  if (read.error && !read.data) return <ProblemPage error={read.error} again={read.refetch} />;
  if (!read.data) return <Waiting />;
  return (
    <section aria-label={t('law.version', { n: number(version) })} className="min-w-0">
      <h2 className="text-2xl">{t('law.version', { n: number(version) })}</h2>
      <p className="mt-1 text-muted">{since(read.data.valid_from, zone)}</p>
      <Rules rules={read.data.rules} />
    </section>
  );
}
