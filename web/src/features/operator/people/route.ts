import { createRoute } from '@tanstack/react-router';
import { lazily } from '@/lib/lazily.ts';
import { titled, within } from '../operator.ts';

/** Whose rows are shown, and the one that is open. */
interface Found {
  email?: string;
  open?: string;
}

const text = (value: unknown, most: number) =>
  typeof value === 'string' && value ? value.slice(0, most) : undefined;
const filled = <All extends object>(all: All): All =>
  Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined)) as All;

const users = createRoute({
  ...within,
  path: '/users',
  validateSearch: ({ email, open }: Record<string, unknown>): Found =>
    filled({ email: text(email, 254), open: text(open, 36) }),
  head: titled('people', 'people.title'),
  component: lazily('people', () => import('./page.tsx')),
});

const invitations = createRoute({
  ...within,
  path: '/invitations',
  head: titled('people', 'invitations.title'),
  component: lazily('people', () => import('../invitations/page.tsx')),
});

const machines = createRoute({
  ...within,
  path: '/machines',
  head: titled('people', 'machines.title'),
  component: lazily('people', () => import('../machines/page.tsx')),
});

const ageReviews = createRoute({
  ...within,
  path: '/age-reviews',
  validateSearch: ({ decided }: Record<string, unknown>): { decided?: true } =>
    decided === true ? { decided } : {},
  head: titled('people', 'ages.title'),
  component: lazily('people', () => import('../age-reviews/page.tsx')),
});

/** Whose deeds, and which. */
export interface Traced {
  actor?: string;
  subject?: string;
  action?: string;
}

const audit = createRoute({
  ...within,
  path: '/audit',
  validateSearch: ({ actor, subject, action }: Record<string, unknown>): Traced =>
    filled({ actor: text(actor, 36), subject: text(subject, 36), action: text(action, 60) }),
  head: titled('people', 'audit.title'),
  component: lazily('people', () => import('../audit/page.tsx')),
});

export const peoplePages = [users, invitations, machines, ageReviews, audit];
