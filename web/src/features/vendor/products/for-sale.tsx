import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { t } from '@/lib/messages.ts';
import { Said } from '@/ui/said.tsx';
import { useMay, useStore } from '../stores.ts';
import { type Done, useChanges } from './changes.ts';
import type { Listing } from './rows.ts';

/** Whether customers can buy it here. */
export function ForSale({ listing, done }: { listing: Listing; done: (done: Done) => void }) {
  const { store } = useStore();
  const decides = useMay()('put_listing');
  const changes = useChanges(store);
  // As it was pressed, while the house hears of it.
  const [pressed, setPressed] = useState<boolean>();
  const change = useMutation({
    onSettled: () => setPressed(undefined),
    mutationFn: async (listed: boolean) => {
      const next = await changes.list(listing, { listed });
      done({
        text: t(listed ? 'products.done.listed' : 'products.done.unlisted', { name: listing.name }),
        undo: async () => void (await changes.list(next, { listed: !listed })),
      });
    },
  });
  return (
    <div>
      <label className="flex min-h-11 items-center md:justify-center">
        <input
          type="checkbox"
          aria-label={t('products.forSaleOf', { name: listing.name })}
          checked={pressed ?? listing.listed}
          disabled={!decides}
          onChange={({ target }) => {
            setPressed(target.checked);
            change.mutate(target.checked);
          }}
          className="size-6 accent-brand"
        />
      </label>
      {change.error && (
        <p role="alert" className="text-sm text-danger">
          <Said of={change.error} />
        </p>
      )}
    </div>
  );
}
