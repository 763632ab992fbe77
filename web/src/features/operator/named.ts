/** People by name rather than by id: each is asked about once. */
import { useQuery } from '@tanstack/react-query';
import { t } from '@/lib/messages.ts';
import { reading } from '@/lib/reading.ts';
import { useMyself } from './myself.ts';

export const personOf = (person: string) => ({
  ...reading('/v1/accounts/people/{person}', { path: { person } }),
  // Names hardly ever change, and programs that act have none.
  staleTime: 300_000,
  retry: false,
});

/** None where nobody has asked, or nobody is known by it. */
export function useName(person: string | null | undefined, ask = true): string | undefined {
  const { data } = useQuery({ ...personOf(person ?? ''), enabled: ask && Boolean(person) });
  return data && (`${data.given_name} ${data.family_name}`.trim() || undefined);
}

/** Who did something; the last of an id tells more than its beginning, which is a time. */
export function useBy(person: string | null | undefined): string {
  const myself = useMyself();
  const name = useName(person, person !== myself);
  if (!person) return '';
  if (person === myself) return t('operator.by.you');
  return name ? t('operator.by', { name }) : t('operator.by.id', { id: person.slice(-8) });
}
