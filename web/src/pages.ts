/** Which page is at which address. */
import { driver } from './features/driver/route.ts';
import { operatorPages } from './features/operator/route.ts';
import { privatePages } from './features/private.ts';
import { vendorPages } from './features/vendor/route.ts';
import { root } from './root.ts';
import { openPages, type routerOf } from './router.tsx';
import { shop } from './shop.tsx';

export const pages = root.addChildren([
  shop.addChildren([...openPages, ...privatePages]),
  driver,
  vendorPages,
  operatorPages,
]);

declare module '@tanstack/react-router' {
  interface Register {
    router: ReturnType<typeof routerOf<typeof pages>>;
  }
}
