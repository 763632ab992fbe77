/** All that operators have. */
import { createRoute, redirect } from '@tanstack/react-router';
import { businessPages } from './business.ts';
import { housePages } from './house.ts';
import { operator, within } from './operator.ts';

const start = createRoute({
  ...within,
  path: '/',
  beforeLoad: () => {
    throw redirect({ to: '/operator/live', replace: true });
  },
});

export const operatorPages = operator.addChildren([start, ...housePages, ...businessPages]);
