import { type ReactNode, Suspense } from 'react';
import { Fails } from './fails.tsx';

/** A part of a page that comes after what is seen first; `room` keeps its place. The page does without what cannot be fetched. */
export function Later({ room, children }: { room: ReactNode; children: ReactNode }) {
  return (
    <Fails instead={null}>
      <Suspense fallback={room}>{children}</Suspense>
    </Fails>
  );
}
