/** The way to pages from all others, which do not carry them along. */
import { type AnyRoute, createRoute } from '@tanstack/react-router';

/** What is loaded at such an address has its pages; from elsewhere it is loaded anew. */
export function gateTo(parent: AnyRoute, path: string) {
  const gate = createRoute({
    getParentRoute: () => parent,
    path,
    beforeLoad: async ({ location, preload }) => {
      if (preload) return;
      window.location.assign(location.href);
      await new Promise(() => {});
    },
  });
  return gate.addChildren([createRoute({ getParentRoute: () => gate, path: '$' })]);
}
