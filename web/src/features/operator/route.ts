/** All that operators have. */
import { createRoute, redirect } from '@tanstack/react-router';
import { businessPages } from './business.ts';
import { operator, within } from './operator.ts';
import { orderPages } from './orders/route.ts';
import { refundPages } from './refunds/route.ts';

const start = createRoute({
  ...within,
  path: '/',
  beforeLoad: () => {
    throw redirect({ to: '/operator/orders', replace: true });
  },
});

export const operatorPages = operator.addChildren([start, ...orderPages, ...refundPages, ...businessPages]);
