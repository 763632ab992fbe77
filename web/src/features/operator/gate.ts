/** The way to the operator's pages from all others, which do not carry them along. */
import { createRoute } from '@tanstack/react-router';
import { root } from '@/root.ts';

const gate = createRoute({
  getParentRoute: () => root,
  path: '/operator',
  beforeLoad: async ({ location, preload }) => {
    if (preload) return;
    // What is loaded at such an address has them.
    window.location.assign(location.href);
    await new Promise(() => {});
  },
});

export const gates = gate.addChildren([createRoute({ getParentRoute: () => gate, path: '$' })]);
