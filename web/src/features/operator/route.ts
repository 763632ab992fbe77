/** All that operators have. */
import { createRoute, redirect } from '@tanstack/react-router';
import { businessPages } from './business.ts';
import { housePages } from './house.ts';
import { may } from './myself.ts';
import { operator, within } from './operator.ts';
import { openTo } from './sections.ts';

const start = createRoute({
  ...within,
  path: '/',
  beforeLoad: async ({ context: { readings } }) => {
    // Where that is not told, the frame says what went wrong.
    const told = await readings.fetchQuery({ ...may, retry: false }).catch(() => undefined);
    const audits = told && openTo(told.may) === 'audited';
    throw redirect({ to: audits ? '/operator/audit' : '/operator/live', replace: true });
  },
});

export const operatorPages = operator.addChildren([start, ...housePages, ...businessPages]);
