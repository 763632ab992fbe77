import { reading } from '@/lib/reading.ts';

export const orderOf = (order: string) => reading('/v1/orders/orders/{order}', { path: { order } });
export const complaintsOf = (order: string) =>
  reading('/v1/payments/orders/{order}/complaints', { path: { order } });
