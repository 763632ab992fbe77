import { useQuery } from '@tanstack/react-query';
import { Suspense, useState } from 'react';
import { lazily } from '@/lib/lazily.ts';
import { t } from '@/lib/messages.ts';
import { near, usePlace } from '@/lib/place.ts';
import { whole } from '@/lib/whole.ts';
import type { Shown } from './far.tsx';

const Choosing = lazily('own', () => import('./choosing.tsx'), 'address') as React.ComponentType<{
  done: () => void;
}>;

const FarPage = lazily('far', () => import('./far.tsx')) as React.ComponentType<Shown>;

/** No store delivers there: what to do next. Few see it, so it is fetched then. */
export function Far(shown: Shown) {
  return (
    <Suspense fallback={<div className="h-48" />}>
      <FarPage {...shown} />
    </Suspense>
  );
}

/** Asks where to. */
export function PlaceButton({ className, children }: { className: string; children: React.ReactNode }) {
  const [choosing, setChoosing] = useState(false);
  return (
    <>
      <button type="button" onClick={() => setChoosing(true)} className={className}>
        {children}
      </button>
      {choosing && (
        <Suspense fallback={null}>
          <Choosing done={() => setChoosing(false)} />
        </Suspense>
      )}
    </>
  );
}

export function Pin() {
  return (
    <svg viewBox="0 0 16 16" aria-hidden="true" className="size-4 shrink-0 fill-brand">
      <path d="M8 0a5.5 5.5 0 0 0-5.5 5.5C2.5 9.6 8 16 8 16s5.5-6.400 5.500-10.500A5.500 5.500 0 0 0 8 0zm0 8a2.400 2.400 0 1 1 0-4.800A2.400 2.400 0 0 1 8 8z" />
    </svg>
  );
}

/** Where to, and a way to say it. */
export function PlaceLine() {
  const place = usePlace();
  return (
    <div className="mt-3 print:hidden">
      <PlaceButton className="flex min-h-11 max-w-full items-center gap-2 rounded-pill border border-control bg-surface px-4 text-start font-medium">
        <Pin />
        <bdi className="truncate">{place ? place.label : t('place.ask')}</bdi>
      </PlaceButton>
    </div>
  );
}

/** Stores that deliver there, the nearest first; unknown without a place. */
export function useReaching() {
  const place = usePlace();
  const { data } = useQuery({
    ...whole('/v1/catalogue/stores', { query: { near: place ? near(place) : '' } }),
    enabled: place !== undefined,
  });
  return data;
}
