import { useQuery } from '@tanstack/react-query';
import { reading } from '@/lib/reading.ts';

/** The id of whoever looks. */
export function useMyself(): string | undefined {
  return useQuery(reading('/v1/accounts/me', {})).data?.person;
}
