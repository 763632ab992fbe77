import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { MapView } from '@/features/map/later.tsx';
import { Editor } from '@/features/zone/editor.tsx';
import { keyOf } from '@/lib/held.ts';
import { t } from '@/lib/messages.ts';
import { ProblemPage } from '@/ui/problem.tsx';
import { Stale } from '@/ui/stale.tsx';
import { Bar } from '@/ui/waiting.tsx';
import { type Store, storeOf, useMay, useStore } from '../stores.ts';

/** Where the store delivers: drawn by those who decide there, seen by all who work there. */
export function Page(): React.ReactNode {
  const { store } = useStore();
  const decides = useMay()('change_terms');
  // What is being drawn does not go away because somebody looked elsewhere.
  const { data, error, refetch } = useQuery({ ...storeOf(store), refetchOnWindowFocus: false });
  const [saved, setSaved] = useState(false);
  return (
    <>
      <h1>{t('vendor.zone')}</h1>
      <p className="mt-2 max-w-prose text-muted">{t(decides ? 'zones.text' : 'zones.managers')}</p>
      <p role="status" className="mt-2 font-medium text-success">
        {saved && t('zones.saved')}
      </p>
      <Stale error={data ? error : null} />
      {error && !data ? (
        <ProblemPage error={error} again={refetch} />
      ) : !data ? (
        <Bar className="mt-4 h-128 w-full" />
      ) : decides ? (
        <Editor key={keyOf(data.zone)} store={data} saved={setSaved} />
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
