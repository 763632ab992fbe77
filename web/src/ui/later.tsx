import { type ReactNode, Suspense } from 'react';
import { t } from '@/lib/messages.ts';
import { Anew } from './anew.tsx';
import { Fails } from './fails.tsx';

/**
 * A part of a page that comes after what is seen first; `room` keeps its place. The page goes on without what cannot
 * be fetched, which says so: it is fetched anew first, and should that not help, as in a browser that does not ask
 * twice for a script or when the house has other scripts by now, the whole page is.
 */
export function Later({ room, children }: { room: ReactNode; children: ReactNode }) {
  return (
    <Fails
      instead={(again, tried) =>
        tried ? <Anew again={() => location.reload()} label={t('part.reload')} /> : <Anew again={again} />
      }
    >
      <Suspense fallback={room}>{children}</Suspense>
    </Fails>
  );
}
