/** What the driver earned in a week, by the house; or as it said last, where it cannot be asked. */
import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import type { Schema } from '@tipple/api';
import { useEffect } from 'react';
import { shifted } from '@/lib/days.ts';
import { paged } from '@/lib/paged.ts';
import { reading } from '@/lib/reading.ts';
import { OWN } from '@/lib/session.ts';

export const EARNINGS = '/v1/payments/drivers/{driver}/earnings';
export const DELIVERIES = '/v1/payments/drivers/{driver}/deliveries';
/** So often it is read anew, in milliseconds. */
const OFTEN = 30_000;

export interface Week {
  /** The first of its seven days. */
  from: string;
  earnings: Schema<'Earnings'>;
  /** Newest first, as far as they have been read. */
  deliveries: Schema<'EarnedDelivery'>[];
}

/** Days are those of the place where the driver is now. */
export const zone = () => Intl.DateTimeFormat().resolvedOptions().timeZone;

export function asked(driver: string, from: string) {
  return { path: { driver }, query: { from, to: shifted(from, 6), time_zone: zone() } };
}

/** The week that begins on that day, and what is to be read of it yet. */
export function useWeek(person: string, from: string, enabled: boolean) {
  const fresh = { staleTime: 0, refetchInterval: OFTEN, enabled };
  const earnings = useQuery({ ...reading(EARNINGS, asked(person, from)), ...fresh });
  const list = useInfiniteQuery({ ...paged(DELIVERIES, asked(person, from)), ...fresh });
  const week =
    earnings.data && list.data
      ? { from, earnings: earnings.data, deliveries: list.data.pages.flatMap(({ items }) => items) }
      : undefined;
  useKeeping(person, week);
  const again = () => {
    void earnings.refetch();
    void list.refetch();
  };
  return { week, list, error: earnings.error ?? list.error, again };
}

const KEY = `${OWN}earnings`;

/** The newest is kept for a page that is opened where nobody can be asked. */
function useKeeping(person: string, week: Week | undefined) {
  const text = week && JSON.stringify({ person, week });
  useEffect(() => {
    if (text) localStorage.setItem(KEY, text);
  }, [text]);
}

/** What was read last on this phone, by this person. */
export function lastWeek(person: string): Week | undefined {
  try {
    const last = JSON.parse(localStorage.getItem(KEY) ?? '{}');
    return last.person === person ? last.week : undefined;
  } catch {
    return undefined;
  }
}
