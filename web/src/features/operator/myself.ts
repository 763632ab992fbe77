import { useQuery } from '@tanstack/react-query';
import type { Operation } from '@tipple/api';
import { reading } from '@/lib/reading.ts';

const me = reading('/v1/accounts/me', {});

/** The id of whoever looks. */
export function useMyself(): string | undefined {
  return useQuery(me).data?.person;
}

export const may = reading('/v1/gateway/may', {});

/** Whether the house lets whoever looks do that at all. */
export function useMay(): (operation: Operation) => boolean {
  const { data } = useQuery(may);
  return (operation) => data?.may.includes(operation) ?? false;
}
