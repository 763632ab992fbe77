/** What somebody may be, in words and as one picks it. */
import type { Schema } from '@tipple/api';
import { word } from '@/lib/messages.ts';

export type Role = Schema<'Role'>;
export type Kind = Role['role'];

export const KINDS: Kind[] = [
  'customer',
  'driver',
  'clerk',
  'manager',
  'vendor_owner',
  'support',
  'operator',
  'auditor',
];

/** What a role is for: stores or vendors by id, or nothing at all. */
export const reach = (role: Role): string[] =>
  role.role === 'vendor_owner' ? [role.vendor] : 'stores' in role ? (role.stores ?? []) : [];

export const isFor = (kind: Kind): 'stores' | 'vendors' | undefined =>
  kind === 'vendor_owner' ? 'vendors' : kind === 'clerk' || kind === 'manager' ? 'stores' : undefined;

/** Picked kinds, each with what it is for. */
export type Picked = Partial<Record<Kind, string[]>>;

export function picked(roles: Role[]): Picked {
  const all: Picked = {};
  for (const role of roles) all[role.role] = [...(all[role.role] ?? []), ...reach(role)];
  return all;
}

/** As the house takes them: an owner has a role for each vendor. */
export function rolesOf(all: Picked): Role[] {
  return KINDS.flatMap((kind): Role[] => {
    const ids = all[kind];
    if (!ids) return [];
    if (kind === 'vendor_owner') return ids.map((vendor) => ({ role: kind, vendor }));
    if (kind === 'clerk' || kind === 'manager') return [{ role: kind, stores: ids }];
    return [{ role: kind }];
  });
}

export const named = (roles: Role[]) => roles.map(({ role }) => word('role', role)).join(', ');

/** What is written down somewhere, where it is a role or some of them. */
export function asRoles(value: unknown): Role[] | undefined {
  const all = Array.isArray(value) ? value : [value];
  const is = (one: unknown): one is Role => KINDS.some((kind) => kind === (one as Role | null)?.role);
  return all.length > 0 && all.every(is) ? all : undefined;
}

/** A role with what it is for, by the ends of ids: they tell more than the beginnings, which are times. */
export function told(role: Role): string {
  const ids = reach(role).map((id) => `…${id.slice(-8)}`);
  return word('role', role.role) + (ids.length > 0 ? ` (${ids.join(', ')})` : '');
}
