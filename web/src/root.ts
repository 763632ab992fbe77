/** The route above all others: what every page has around it. */
import type { QueryClient } from '@tanstack/react-query';
import { createRootRouteWithContext } from '@tanstack/react-router';
import { Frame } from './frame.tsx';

export const root = createRootRouteWithContext<{ readings: QueryClient }>()({
  component: Frame,
});
