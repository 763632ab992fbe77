import { getRouteApi } from '@tanstack/react-router';
import { t, word } from '@/lib/messages.ts';
import { asTyped, useFollowing } from '@/lib/typed.ts';
import { Select } from '@/ui/select.tsx';
import { KINDS, type Kind } from './roles.ts';
import type { Found } from './route.ts';

const route = getRouteApi('/operator/users');

/** Who is shown, as the address of the page says it. */
export function Filter({ found }: { found: Found }) {
  const navigate = route.useNavigate();
  const choose = (next: Found) => void navigate({ search: (was) => ({ ...was, ...next, open: undefined }) });
  const type = (next: Found) =>
    void navigate({ search: (was) => ({ ...was, ...next, open: undefined }), ...asTyped });
  return (
    <search className="mt-4 flex flex-wrap items-center gap-x-6 gap-y-2">
      <Beginning
        label={t('people.search.name')}
        value={found.name}
        most={200}
        type={(name) => type({ name })}
      />
      <Beginning
        label={t('people.search')}
        value={found.email}
        most={254}
        type={(email) => type({ email })}
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

interface BeginningShown {
  label: string;
  value?: string;
  most: number;
  type: (text?: string) => void;
}

/** How something begins, looked for with each letter. */
function Beginning({ label, value, most, type }: BeginningShown) {
  const input = useFollowing(value);
  return (
    <input
      ref={input}
      type="search"
      aria-label={label}
      placeholder={label}
      defaultValue={value}
      maxLength={most}
      autoComplete="off"
      onChange={({ target }) => type(target.value.trim() || undefined)}
      className="h-11 w-full max-w-72 rounded-pill border border-control bg-surface px-4"
    />
  );
}
