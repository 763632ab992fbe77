/** Which page is at which address. */
import type { driverPages } from './features/driver/route.ts';
import type { letterPages } from './features/letter/route.ts';
import type { operatorPages } from './features/operator/route.ts';
import { privatePages } from './features/private.ts';
import type { vendorPages } from './features/vendor/route.ts';
import { gateTo } from './lib/gate.ts';
import { root } from './root.ts';
import { openPages, type routerOf } from './router.tsx';
import { shop } from './shop.tsx';

const LETTERS = ['/reset-password', '/confirm-email', '/confirm-phone', '/invitation'];

/** All pages, for who begins at these addresses: customers do without those that few of them ever see. */
export async function pagesFrom(...begun: string[]) {
  const begins = (path: string) => begun.some((one) => `${one}/`.startsWith(`${path}/`));
  const letters = LETTERS.some(begins)
    ? (await import('./features/letter/route.ts')).letterPages
    : (LETTERS.map((path) => gateTo(shop, path)) as unknown as typeof letterPages);
  const driver = begins('/driver')
    ? (await import('./features/driver/route.ts')).driverPages
    : ([gateTo(root, '/driver')] as unknown as typeof driverPages);
  const vendor = begins('/vendor')
    ? (await import('./features/vendor/route.ts')).vendorPages
    : (gateTo(root, '/vendor') as unknown as typeof vendorPages);
  const operator = begins('/operator')
    ? (await import('./features/operator/route.ts')).operatorPages
    : (gateTo(root, '/operator') as unknown as typeof operatorPages);
  return root.addChildren([
    shop.addChildren([...openPages, ...privatePages, ...letters]),
    ...driver,
    vendor,
    operator,
  ]);
}

declare module '@tanstack/react-router' {
  interface Register {
    router: ReturnType<typeof routerOf<Awaited<ReturnType<typeof pagesFrom>>>>;
  }
}
