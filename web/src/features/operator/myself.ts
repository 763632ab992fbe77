import { useQuery } from '@tanstack/react-query';
import { reading } from '@/lib/reading.ts';

const me = reading('/v1/accounts/me', {});

/** The id of whoever looks. */
export function useMyself(): string | undefined {
  return useQuery(me).data?.person;
}

/** Whether whoever looks runs the platform; auditors only look. */
export function useRuns(): boolean {
  return useQuery(me).data?.roles.some(({ role }) => role === 'operator') ?? false;
}
