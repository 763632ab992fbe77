import { getRouteApi } from '@tanstack/react-router';
import { t } from '@/lib/messages.ts';
import { send } from '@/lib/send.ts';
import { StoreForm } from './store-form.tsx';

const route = getRouteApi('/operator/stores/new');

/** A store that is not there yet. */
export function Page(): React.ReactNode {
  const { vendor } = route.useSearch();
  const navigate = route.useNavigate();
  return (
    <>
      <h1>{t('stores.new')}</h1>
      <StoreForm
        vendor={vendor}
        submit={t('stores.add')}
        send={(body) => send('post', '/v1/catalogue/stores', { body })}
        sent={({ store }) => void navigate({ to: '/operator/stores/$store', params: { store } })}
      />
    </>
  );
}
