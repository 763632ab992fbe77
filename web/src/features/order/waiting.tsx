import { t } from '@/lib/messages.ts';
import { Waiting } from '@/ui/waiting.tsx';

/** What counts at every door. */
export function AtDoor() {
  return <p className="mt-2 max-w-prose text-lg">{t('order.door')}</p>;
}

/** An order that is not there yet, with what is said of all of them: so it is read before the rest is fetched. */
export function WaitingOrder() {
  return (
    <Waiting>
      <AtDoor />
    </Waiting>
  );
}
