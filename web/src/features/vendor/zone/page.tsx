import { useQuery } from '@tanstack/react-query';
import { MapView } from '@/features/map/later.tsx';
import { Editor } from '@/features/zone/editor.tsx';
import { t } from '@/lib/messages.ts';
import { Held } from '@/ui/held.tsx';
import { ProblemPage } from '@/ui/problem.tsx';
import { Stale } from '@/ui/stale.tsx';
import { Bar } from '@/ui/waiting.tsx';
import { type Store, storeOf, useMay, useStore } from '../stores.ts';

/** Where the store delivers: drawn by those who decide there, seen by all who work there. */
export function Page(): React.ReactNode {
  const { store } = useStore();
  const decides = useMay()('change_terms');
  const { data, error, refetch } = useQuery(storeOf(store));
  return (
    <>
      <h1>{t('vendor.zone')}</h1>
      <p className="mt-2 max-w-prose text-muted">{t(decides ? 'zones.text' : 'zones.managers')}</p>
      <Stale error={data ? error : null} />
      {error && !data ? (
        <ProblemPage error={error} again={refetch} />
      ) : !data ? (
        <Bar className="mt-4 h-128 w-full" />
      ) : decides ? (
        <Held read={data} decided={({ zone }) => zone} saved={t('zones.saved')}>
          {(held, hands) => <Editor store={held} {...hands} />}
        </Held>
      ) : (
        <Seen store={data} />
      )}
    </>
  );
}

function Seen({ store: { name, place, address, zone } }: { store: Store }) {
  return (
    <MapView
      label={t('zones.map')}
      pins={[{ key: 'store', kind: 'store', label: name, place, note: address }]}
      areas={[{ key: 'zone', label: t('zones.area'), zone, tone: 'info' }]}
    />
  );
}
