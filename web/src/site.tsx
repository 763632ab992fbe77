import { type QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { RouterProvider } from '@tanstack/react-router';
import type { routerOf } from './router.tsx';

/** All of it, as the house writes it and the browser goes on with it. */
export function Site({ router, known }: { router: ReturnType<typeof routerOf>; known: QueryClient }) {
  return (
    <QueryClientProvider client={known}>
      <RouterProvider router={router} />
    </QueryClientProvider>
  );
}
