import { type QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { type AnyRouter, RouterProvider } from '@tanstack/react-router';

/** All of it, as the house writes it and the browser goes on with it. */
export function Site({ router, known }: { router: AnyRouter; known: QueryClient }) {
  return (
    <QueryClientProvider client={known}>
      <RouterProvider router={router} />
    </QueryClientProvider>
  );
}
