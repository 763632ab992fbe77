import { getRouteApi, Link } from '@tanstack/react-router';
import { Figures } from '@/features/figures/page.tsx';
import { KINDS } from '@/features/figures/shown.ts';
import { t } from '@/lib/messages.ts';
import { asTyped } from '@/lib/typed.ts';
import { tab, tabs } from '@/ui/button.ts';

const route = getRouteApi('/operator/analytics/$kind');

/** Figures of all stores, or of one of them. */
export function Page(): React.ReactNode {
  const { kind } = route.useParams();
  const chosen = route.useSearch();
  const navigate = route.useNavigate();
  return (
    <Figures
      kind={kind}
      chosen={chosen}
      choose={(search) => navigate({ search })}
      type={(search) => navigate({ search, ...asTyped })}
      tabs={
        <nav aria-label={t('figures.kinds')} className={tabs}>
          {KINDS.map((one) => (
            <Link
              key={one}
              to="/operator/analytics/$kind"
              params={{ kind: one }}
              search={({ from, to, store }) => ({ from, to, store })}
              activeOptions={{ includeSearch: false }}
              className={tab}
            >
              {t(`figures.kind.${one}`)}
            </Link>
          ))}
        </nav>
      }
    />
  );
}
