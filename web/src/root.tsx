/** The route above all others: what every page has around it. */
import type { QueryClient } from '@tanstack/react-query';
import { createRootRouteWithContext } from '@tanstack/react-router';
import { Frame } from './frame.tsx';
import { Missing } from './ui/missing.tsx';
import { ProblemPage } from './ui/problem.tsx';

export const root = createRootRouteWithContext<{ readings: QueryClient }>()({
  component: Frame,
  notFoundComponent: Missing,
  errorComponent: ({ error, reset }) => <ProblemPage error={error as Error} again={reset} />,
});
