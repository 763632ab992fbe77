import { Link } from '@tanstack/react-router';
import { t } from '@/lib/messages.ts';
import type { Session } from '@/lib/session.ts';
import { primary, secondary } from '@/ui/button.ts';

/** Where the pages are that somebody works at. */
const PLACES = [
  ['/operator', ['operator', 'auditor']],
  ['/vendor', ['vendor_owner', 'manager', 'clerk']],
  ['/driver', ['driver']],
] as const;

/** Where to go on from here, by what this session may do. */
export function Work({ session }: { session: Session | null }) {
  const has = (among: readonly string[]) => session?.roles.some(({ role }) => among.includes(role));
  const open = PLACES.filter(([, among]) => has(among));
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
        {open.length === 0 && !session?.must_enrol && (
          <Link to="/" className={secondary}>
            {t('missing.home')}
          </Link>
        )}
      </p>
    </>
  );
}
