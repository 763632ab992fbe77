import { useId } from 'react';
import { t, word } from '@/lib/messages.ts';
import { useStores } from '../stores.ts';
import { useVendors } from '../vendors.ts';
import { isFor, KINDS, type Kind, type Picked } from './roles.ts';

interface Shown {
  label: string;
  roles: Picked;
  change: (roles: Picked) => void;
  /** Those to choose from. */
  kinds?: Kind[];
  /** Whether it is one of them. */
  one?: boolean;
}

/** Roles to pick, and for some the stores or vendors that they are for. */
export function RoleFields({ label, roles, change, kinds = KINDS, one }: Shown) {
  const name = useId();
  const pick = (kind: Kind, on: boolean) => {
    if (one) return change({ [kind]: [] });
    const { [kind]: _, ...others } = roles;
    change(on ? { ...roles, [kind]: [] } : others);
  };
  return (
    <fieldset>
      <legend className="text-sm font-medium">{label}</legend>
      <ul className="sm:columns-2">
        {kinds.map((kind) => (
          <li key={kind} className="break-inside-avoid">
            <label className="flex min-h-11 items-center gap-2">
              <input
                type={one ? 'radio' : 'checkbox'}
                name={one ? name : undefined}
                checked={kind in roles}
                onChange={({ target }) => pick(kind, target.checked)}
                className="size-5 shrink-0 accent-brand"
              />
              {word('role', kind)}
            </label>
            {isFor(kind) && roles[kind] && (
              <Reach
                kind={kind}
                ids={roles[kind]}
                change={(ids) => change({ ...roles, [kind]: ids })}
                // An owner of several vendors has a role for each.
                one={one && kind === 'vendor_owner'}
              />
            )}
          </li>
        ))}
      </ul>
    </fieldset>
  );
}

interface ReachShown {
  kind: Kind;
  ids: string[];
  change: (ids: string[]) => void;
  one?: boolean;
}

/** The stores or vendors that a role is for. */
function Reach({ kind, ids, change, one }: ReachShown) {
  const group = useId();
  const stores = useStores();
  const vendors = useVendors();
  const all =
    isFor(kind) === 'vendors'
      ? vendors.data?.map(({ vendor, name }) => ({ id: vendor, name }))
      : stores.data?.map(({ store, name }) => ({ id: store, name }));
  return (
    <fieldset className="ms-7 mb-2 max-h-60 overflow-y-auto rounded-sm border border-hairline px-3">
      <legend className="sr-only">{t('people.reach', { role: word('role', kind) })}</legend>
      {!all && <p className="py-2 text-muted">{t('site.waiting')}</p>}
      {all?.map(({ id, name }) => (
        <label key={id} className="flex min-h-11 items-center gap-2">
          <input
            type={one ? 'radio' : 'checkbox'}
            name={one ? group : undefined}
            checked={ids.includes(id)}
            onChange={({ target }) => {
              const others = one ? [] : ids.filter((other) => other !== id);
              change(target.checked ? [...others, id] : others);
            }}
            className="size-5 shrink-0 accent-brand"
          />
          {name}
        </label>
      ))}
    </fieldset>
  );
}
