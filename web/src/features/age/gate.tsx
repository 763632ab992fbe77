import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { part } from '@/lib/lazily.ts';
import { Later } from '@/ui/later.tsx';
import type { Asking } from './asking.tsx';

const Question = part(() => import('./asking.tsx'), 'age');

/** Before alcohol goes into a basket whoever puts it there says that they are of age; asked once on a device. */
export function useGate() {
  const readings = useQueryClient();
  const [asked, setAsked] = useState<Pick<Asking, 'store' | 'yes'>>();
  /** Does it, once they are known to be of age where it is sold. */
  const pass = async (store: string, yes: () => void) => {
    // Fetched when it is wanted; who cannot have it is asked anew.
    const known = await import('@/lib/age.ts').catch(() => undefined);
    if (await known?.saidOfAge(readings, store)) yes();
    else setAsked({ store, yes });
  };
  const gate = asked && (
    <Later room={null}>
      <Question {...asked} done={() => setAsked(undefined)} />
    </Later>
  );
  return { pass, gate };
}
