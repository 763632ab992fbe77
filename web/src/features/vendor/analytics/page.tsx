import { getRouteApi, Link } from '@tanstack/react-router';
import { Figures } from '@/features/figures/page.tsx';
import { KINDS } from '@/features/figures/shown.ts';
import { t } from '@/lib/messages.ts';
import { asTyped } from '@/lib/typed.ts';
import { tab, tabs } from '@/ui/button.ts';
import { Empty } from '@/ui/empty.tsx';
import { useMay, useStore } from '../stores.ts';

const route = getRouteApi('/vendor/analytics/$kind');

/** Figures of the store, for those who run it. */
export function Page(): React.ReactNode {
  const { kind } = route.useParams();
  const chosen = route.useSearch();
  const navigate = route.useNavigate();
  const store = useStore();
  const decides = useMay()('sales');
  if (!decides) {
    return (
      <>
        <h1>{t('figures.title')}</h1>
        <Empty title={t('figures.managers')} text={t('figures.managers.text')} />
      </>
    );
  }
  return (
    <Figures
      kind={kind}
      chosen={chosen}
      choose={(search) => navigate({ search })}
      type={(search) => navigate({ search, ...asTyped })}
      store={store}
      tabs={
        <nav aria-label={t('figures.kinds')} className={tabs}>
          {KINDS.map((one) => (
            <Link
              key={one}
              to="/vendor/analytics/$kind"
              params={{ kind: one }}
              search={({ from, to }) => ({ from, to })}
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
