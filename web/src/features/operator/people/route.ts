import { createRoute } from '@tanstack/react-router';
import { lazily } from '@/lib/lazily.ts';
import { titled, within } from '../operator.ts';
import { filled, id, text } from '../searched.ts';
import { KINDS, type Kind } from './roles.ts';

/** Whose rows are shown, and the one that is open. */
export interface Found {
  name?: string;
  email?: string;
  role?: Kind;
  blocked?: boolean;
  open?: string;
}

const users = createRoute({
  ...within,
  path: '/users',
  validateSearch: ({ name, email, role, blocked, open }: Record<string, unknown>): Found =>
    filled({
      name: text(name, 200),
      email: text(email, 254),
      role: KINDS.find((one) => one === role),
      blocked: typeof blocked === 'boolean' ? blocked : undefined,
      open: id(open),
    }),
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
    filled({ actor: id(actor), subject: id(subject), action: text(action, 60) }),
  head: titled('people', 'audit.title'),
  component: lazily('people', () => import('../audit/page.tsx')),
});

export const peoplePages = [users, invitations, machines, ageReviews, audit];
