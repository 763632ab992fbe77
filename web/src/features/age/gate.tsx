import { useQueryClient } from '@tanstack/react-query';
import { Suspense, useState } from 'react';
import { saidOfAge } from '@/lib/age.ts';
import { lazily } from '@/lib/lazily.ts';
import type { Asking } from './asking.tsx';

const Question = lazily('age', () => import('./asking.tsx')) as React.ComponentType<Asking>;

/** Before alcohol goes into a basket whoever puts it there says that they are of age; asked once on a device. */
export function useGate() {
  const readings = useQueryClient();
  const [asked, setAsked] = useState<Pick<Asking, 'store' | 'yes'>>();
  /** Does it, once they are known to be of age where it is sold. */
  const pass = async (store: string, yes: () => void) => {
    if (await saidOfAge(readings, store)) yes();
    else setAsked({ store, yes });
  };
  const gate = asked && (
    <Suspense fallback={null}>
      <Question {...asked} done={() => setAsked(undefined)} />
    </Suspense>
  );
  return { pass, gate };
}
