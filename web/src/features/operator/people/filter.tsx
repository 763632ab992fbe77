import { getRouteApi } from '@tanstack/react-router';
import { t, word } from '@/lib/messages.ts';
import { Select } from '../select.tsx';
import { KINDS, type Kind } from './roles.ts';
import type { Found } from './route.ts';

const route = getRouteApi('/operator/users');

/** Who is shown, as the address of the page says it. */
export function Filter({ found }: { found: Found }) {
  const navigate = route.useNavigate();
  const choose = (next: Found) => void navigate({ search: { ...found, ...next } });
  // Each letter is no step of its own on the way back.
  const type = (next: Found) => void navigate({ search: { ...found, ...next }, replace: true });
  const box = 'h-11 w-full max-w-72 rounded-pill border border-control bg-surface px-4';
  return (
    <search className="mt-4 flex flex-wrap items-center gap-x-6 gap-y-2">
      <input
        type="search"
        aria-label={t('people.search.name')}
        placeholder={t('people.search.name')}
        defaultValue={found.name}
        minLength={2}
        maxLength={200}
        autoComplete="off"
        onChange={({ target }) => type({ name: target.value.trim() || undefined })}
        className={box}
      />
      <input
        type="search"
        aria-label={t('people.search')}
        placeholder={t('people.search')}
        defaultValue={found.email}
        maxLength={254}
        autoComplete="off"
        onChange={({ target }) => type({ email: target.value.trim() || undefined })}
        className={box}
      />
      <Select
        name={t('people.role')}
        value={found.role ?? ''}
        choices={[
          ['', t('operator.state.any')],
          ...KINDS.map((one): [string, string] => [one, word('role', one)]),
        ]}
        choose={(one) => choose({ role: (one || undefined) as Kind | undefined })}
      />
      <Select
        name={t('operator.state')}
        value={String(found.blocked ?? '')}
        choices={[
          ['', t('operator.state.any')],
          ['false', t('people.good')],
          ['true', t('people.blocked')],
        ]}
        choose={(one) => choose({ blocked: one ? one === 'true' : undefined })}
      />
    </search>
  );
}
