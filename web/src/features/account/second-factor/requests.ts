import { reading } from '@/lib/reading.ts';

export const factors = reading('/v1/accounts/me/second-factors', {});
export const passkeys = reading('/v1/accounts/me/passkeys', {});
