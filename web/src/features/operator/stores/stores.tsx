import { useQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import { t } from '@/lib/messages.ts';
import { whole } from '@/lib/whole.ts';
import { primary } from '@/ui/button.ts';
import { Select } from '@/ui/select.tsx';
import { StoreTable } from './table.tsx';

const route = getRouteApi('/operator/stores');
const ACTIVE = ['any', 'true', 'false'] as const;

/** All stores of the platform. */
export function Page(): React.ReactNode {
  const chosen = route.useSearch();
  const navigate = route.useNavigate();
  const { vendor, active = 'any' } = chosen;
  const { data: vendors } = useQuery(whole('/v1/catalogue/vendors', { query: {} }));
  const choose = (next: typeof chosen) => void navigate({ search: { ...chosen, ...next } });
  return (
    <>
      <div className="flex flex-wrap items-center justify-between gap-3">
        <h1>{t('stores.list')}</h1>
        <Link to="/operator/stores/new" search={{ vendor }} className={primary}>
          {t('stores.new')}
        </Link>
      </div>
      <search className="mt-4 flex flex-wrap items-center gap-x-6 gap-y-3">
        <Select
          name={t('stores.vendor')}
          value={vendor ?? ''}
          choices={[
            ['', t('stores.all')] as const,
            ...(vendors ?? []).map((one) => [one.vendor, one.name] as const),
          ]}
          choose={(vendor) => choose({ vendor: vendor || undefined })}
        />
        <Select
          name={t('stores.state')}
          value={active}
          choices={ACTIVE.map((one) => [one, t(`stores.active.${one}`)] as const)}
          choose={(active) => choose({ active: active === 'any' ? undefined : (active as 'true' | 'false') })}
        />
      </search>
      <StoreTable key={`${vendor} ${active}`} vendor={vendor} active={active} />
    </>
  );
}
