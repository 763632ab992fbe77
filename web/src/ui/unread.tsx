import { useState } from 'react';
import type { Failed } from '@/lib/network.ts';
import { Anew } from './anew.tsx';
import { card } from './button.ts';
import { Said } from './said.tsx';

/** What was asked for, and what came of it. */
export interface Reading {
  data: unknown;
  error: Failed | null;
  errorUpdatedAt: number;
  refetch: () => unknown;
}

interface Shown {
  of: Reading;
  /** What it is called, where nothing around it says so. */
  title?: string;
}

/**
 * A part of a page could not be read: why, and a way to try again, where it would stand. That stays said while it is
 * asked for anew, also by itself. What does not exist is no failure.
 */
export function Unread({ of: { data, error, errorUpdatedAt: at, refetch }, title }: Shown) {
  const [held, hold] = useState({ error, at });
  if (error && error !== held.error) hold({ error, at });
  const failed = error ?? (data === undefined && held.at === at ? held.error : null);
  if (!failed || failed.problem?.status === 404) return null;
  const why = (
    <Anew again={refetch}>
      <Said of={failed} />
    </Anew>
  );
  if (!title) return why;
  return (
    <section aria-label={title} className={`${card} print:hidden`}>
      <h2 className="text-xl">{title}</h2>
      {why}
    </section>
  );
}
