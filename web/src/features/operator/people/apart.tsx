import { useQuery } from '@tanstack/react-query';
import { t } from '@/lib/messages.ts';
import { card, quiet } from '@/ui/button.ts';
import { Said } from '@/ui/said.tsx';
import { Bar } from '@/ui/waiting.tsx';
import { personOf } from '../named.ts';
import { Person } from './person.tsx';
import { named } from './roles.ts';

/** Somebody to whom a link led, and who is not among those that are listed. */
export function Apart({ person, close }: { person: string; close: () => void }) {
  const { data, error } = useQuery(personOf(person));
  return (
    <section aria-busy={!data && !error} className={`${card} mt-4`}>
      {data && (
        <>
          <h2 className="text-xl">
            <bdi>
              {data.given_name} {data.family_name}
            </bdi>
          </h2>
          <p className="mb-3 text-muted">
            {data.email && <bdi>{data.email}</bdi>} {named(data.roles)}
          </p>
          <Person person={data} />
        </>
      )}
      {error && <p role="alert">{error.problem.status === 404 ? t('people.none') : <Said of={error} />}</p>}
      {!data && !error && <Bar className="h-40 w-full" />}
      <button type="button" onClick={close} className={quiet}>
        {t('people.close')}
      </button>
    </section>
  );
}
