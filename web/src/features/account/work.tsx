import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { Operation } from '@tipple/api';
import { t } from '@/lib/messages.ts';
import { reading } from '@/lib/reading.ts';
import type { Session } from '@/lib/session.ts';
import { primary, secondary } from '@/ui/button.ts';
import { Unread } from '@/ui/unread.tsx';

/** Where the pages are that somebody works at, each with what its people may do. */
const PLACES: [to: '/operator' | '/vendor' | '/driver', operation: Operation][] = [
  ['/operator', 'audit'],
  ['/vendor', 'pack_order'],
  ['/driver', 'begin_shift'],
];

/** Where to go on from here, by what the house lets this session do. */
export function Work({ session }: { session: Session | null }) {
  // What came with another token is not asked again by itself.
  const read = useQuery({
    ...reading('/v1/gateway/may', {}),
    enabled: session !== null,
    staleTime: 0,
    gcTime: 0,
  });
  const { data } = read;
  const may: string[] = data?.may ?? [];
  // Operators may pack for a store as well; its pages are for who works there.
  const atStore = session?.roles.some((role) => 'stores' in role);
  const open = PLACES.filter(([to, operation]) => may.includes(operation) && (to !== '/vendor' || atStore));
  return (
    <>
      {session?.must_enrol && <p className="mb-4">{t('work.enrol')}</p>}
      <p className="flex flex-wrap gap-3">
        {session?.must_enrol && (
          <Link to="/account/second-factor" className={primary}>
            {t('work.secondFactor')}
          </Link>
        )}
        {open.map(([to]) => (
          // Loaded anew: they have nothing of the shop's.
          <a key={to} href={to} className={secondary}>
            {t(`work.${to}`)}
          </a>
        ))}
        {(data || !session) && open.length === 0 && !session?.must_enrol && (
          <Link to="/" className={secondary}>
            {t('missing.home')}
          </Link>
        )}
      </p>
      {!data && <Unread of={read} />}
    </>
  );
}
