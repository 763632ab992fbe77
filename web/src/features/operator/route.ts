/** All that operators have. */
import { createRoute, redirect } from '@tanstack/react-router';
import { whoever } from '@/lib/session.ts';
import { businessPages } from './business.ts';
import { housePages } from './house.ts';
import { operator, within } from './operator.ts';

const start = createRoute({
  ...within,
  path: '/',
  beforeLoad: async () => {
    const roles = (await whoever())?.roles ?? [];
    const audits = roles.some(({ role }) => role === 'auditor');
    const runs = roles.some(({ role }) => role === 'operator');
    throw redirect({ to: audits && !runs ? '/operator/audit' : '/operator/live', replace: true });
  },
});

export const operatorPages = operator.addChildren([start, ...housePages, ...businessPages]);
