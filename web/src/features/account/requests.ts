import { reading } from '@/lib/reading.ts';

export const addresses = reading('/v1/accounts/addresses', { query: { limit: 50 } });
export const me = reading('/v1/accounts/me', {});
export const sessions = reading('/v1/accounts/sessions', {});
export const methods = reading('/v1/payments/methods', {});
