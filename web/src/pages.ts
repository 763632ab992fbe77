/** Which page is at which address. */
import { driver } from './features/driver/route.ts';
import { letterPages } from './features/letter/route.ts';
import { gates } from './features/operator/gate.ts';
import type { operatorPages } from './features/operator/route.ts';
import { privatePages } from './features/private.ts';
import { vendorPages } from './features/vendor/route.ts';
import { root } from './root.ts';
import { openPages, type routerOf } from './router.tsx';
import { shop } from './shop.tsx';

const OPERATOR = /^\/operator(\/|$)/;

/** All pages, for who begins at this one: customers do without the many that only operators see. */
export async function pagesFrom(path: string) {
  const operator = OPERATOR.test(path)
    ? (await import('./features/operator/route.ts')).operatorPages
    : (gates as unknown as typeof operatorPages);
  return root.addChildren([
    shop.addChildren([...openPages, ...privatePages, ...letterPages]),
    driver,
    vendorPages,
    operator,
  ]);
}

declare module '@tanstack/react-router' {
  interface Register {
    router: ReturnType<typeof routerOf<Awaited<ReturnType<typeof pagesFrom>>>>;
  }
}
