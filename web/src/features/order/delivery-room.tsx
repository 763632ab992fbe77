import { MapRoom } from '@/features/map/room.tsx';
import { t } from '@/lib/messages.ts';

/** What is to be had ready, however it comes. */
export function Ready() {
  return <p className="mt-2 rounded-sm bg-accent-soft p-3 font-medium">{t('order.id')}</p>;
}

/** The place of when it comes and where it is, as long as neither is known. */
export function DeliveryRoom() {
  return (
    <>
      <Ready />
      <MapRoom />
    </>
  );
}
