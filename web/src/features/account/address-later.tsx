import { part } from '@/lib/lazily.ts';
import { Later } from '@/ui/later.tsx';
import { Bar } from '@/ui/waiting.tsx';
import type { Shown } from './address-form.tsx';

const Form = part(() => import('./address-form.tsx'), 'address');

/** The form of an address, fetched when somebody wants it. */
export function AddressForm(shown: Shown) {
  return (
    <Later room={<Bar className="mt-4 h-[60rem] max-w-md" />}>
      <Form {...shown} />
    </Later>
  );
}
