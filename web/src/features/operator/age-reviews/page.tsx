import { getRouteApi, Link } from '@tanstack/react-router';
import type { Schema } from '@tipple/api';
import { day, moment } from '@/lib/format.ts';
import { t } from '@/lib/messages.ts';
import { card } from '@/ui/button.ts';
import { Empty } from '@/ui/empty.tsx';
import { ProblemPage } from '@/ui/problem.tsx';
import { Select } from '@/ui/select.tsx';
import { Bar } from '@/ui/waiting.tsx';
import { More, useList } from '../list.tsx';
import { useBy } from '../named.ts';
import { Decide } from './decide.tsx';

const route = getRouteApi('/operator/age-reviews');

/** People who asked that somebody looks at their age, the longest waiting first. */
export function Page(): React.ReactNode {
  const { decided } = route.useSearch();
  const navigate = route.useNavigate();
  const list = useList('/v1/accounts/age-reviews', { query: { decided, limit: 50 } });
  if (list.error && !list.items) return <ProblemPage error={list.error} again={list.again} />;
  return (
    <>
      <h1>{t('ages.title')}</h1>
      <div className="mt-4">
        <Select
          name={t('operator.state')}
          value={decided ? 'decided' : ''}
          choices={[
            ['', t('ages.waiting')],
            ['decided', t('ages.decided')],
          ]}
          choose={(one) => navigate({ search: one ? { decided: true } : {} })}
        />
      </div>
      {!list.items && <Bar className="mt-4 h-32 w-full" />}
      {list.items?.length === 0 && (
        <Empty
          title={t(decided ? 'ages.none.decided' : 'ages.none')}
          text={t(decided ? 'ages.none.decided.text' : 'ages.none.text')}
        />
      )}
      <ul className="mt-4 grid gap-4 lg:grid-cols-2">
        {list.items?.map((one) => (
          <li key={one.id} className={card}>
            <Review review={one} />
          </li>
        ))}
      </ul>
      <More list={list} />
    </>
  );
}

function Review({ review }: { review: Schema<'Review'> }) {
  const decider = useBy(review.decided_by);
  return (
    <>
      <h2 className="text-lg">
        <Link to="/operator/users" search={{ open: review.person }} className="underline underline-offset-4">
          <bdi>
            {review.given_name} {review.family_name}
          </bdi>
        </Link>
      </h2>
      {review.date_of_birth && <p>{t('ages.stated', { day: day(review.date_of_birth) })}</p>}
      <p className="my-2">
        <bdi>{review.note}</bdi>
      </p>
      <p className="text-sm text-muted">{t('ages.asked', { time: moment(review.asked_at) })}</p>
      {review.decided_at ? (
        <p className="mt-2">
          <span className={`font-medium ${review.accepted ? 'text-success' : 'text-danger'}`}>
            {t(review.accepted ? 'ages.accepted' : 'ages.declined')}
          </span>{' '}
          <bdi>{review.reason}</bdi>
          <span className="block text-sm text-muted">
            {t('ages.by', { who: decider, time: moment(review.decided_at) })}
          </span>
        </p>
      ) : (
        <Decide review={review.id} />
      )}
    </>
  );
}
