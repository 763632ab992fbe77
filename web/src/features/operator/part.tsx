import type { ReactNode } from 'react';
import { t } from '@/lib/messages.ts';
import type { Failed } from '@/lib/network.ts';
import { card, quiet } from '@/ui/button.ts';
import { Said } from '@/ui/said.tsx';
import { Bar } from '@/ui/waiting.tsx';

interface Shown<Data> {
  title: string;
  read: { data?: Data; error: Failed | null; refetch: () => unknown };
  /** How high it mostly is, as a class. */
  height?: string;
  children: (data: Data) => ReactNode;
}

/** A part of a page that is read by itself: what fails here takes nothing else along. */
export function Part<Data>({
  title,
  read: { data, error, refetch },
  height = 'h-40',
  children,
}: Shown<Data>) {
  return (
    <section aria-label={title} aria-busy={!data && !error} className={`${card} min-w-0`}>
      <h2 className="mb-3 text-xl">{title}</h2>
      {error && (
        <p role="alert" className="text-danger">
          <Said of={error} />{' '}
          <button type="button" onClick={() => refetch()} className={quiet}>
            {t('problem.again')}
          </button>
        </p>
      )}
      {data === undefined ? !error && <Bar className={`${height} w-full`} /> : children(data)}
    </section>
  );
}
