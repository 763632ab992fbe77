/** What is found by a few letters: the operator's pages, orders by their number, people by name or address. */
import { useQuery } from '@tanstack/react-query';
import type { NavigateOptions } from '@tanstack/react-router';
import { useEffect, useState } from 'react';
import { type Key, t, word } from '@/lib/messages.ts';
import { reading } from '@/lib/reading.ts';
import { sections } from '../sections.ts';

export interface Hit {
  key: string;
  kind: Key;
  text: string;
  note?: string;
  to: NavigateOptions;
}

/** So long nobody has typed before the house is asked. */
const REST = 200;
/** Numbers have six letters, with a dash or without. */
const NUMBER = /^[0-9a-z]{4}-?[0-9a-z]{2}$/i;

export function useHits(text: string, all: boolean): Hit[] {
  const typed = text.trim();
  const rested = useRested(typed);
  return [...pages(typed, all), ...useOrders(rested, all), ...usePeople(rested, all)];
}

function pages(typed: string, all: boolean): Hit[] {
  const wanted = typed.toLocaleLowerCase();
  return sections
    .flatMap((section) => section.pages)
    .filter((page) => all || page.audited)
    .map(({ to, name }) => ({ key: to, kind: 'palette.page' as const, text: t(name), to: { to } }))
    .filter((page) => page.text.toLocaleLowerCase().includes(wanted));
}

function useOrders(number: string, all: boolean): Hit[] {
  const { data } = useQuery({
    ...reading('/v1/orders/all', { query: { number, limit: 5 } }),
    enabled: all && NUMBER.test(number),
  });
  return (NUMBER.test(number) ? (data?.items ?? []) : []).map((one) => ({
    key: one.order,
    kind: 'palette.order',
    text: one.number,
    note: `${one.store.name}, ${word('state', one.state)}`,
    to: { to: '/operator/orders/$order', params: { order: one.order } },
  }));
}

function usePeople(typed: string, all: boolean): Hit[] {
  const query = typed.includes('@') ? { email: typed } : { name: typed };
  const enough = typed.length > 1;
  const { data } = useQuery({
    ...reading('/v1/accounts/people', { query: { ...query, limit: 5 } }),
    enabled: all && enough,
  });
  return (enough ? (data?.items ?? []) : []).map((one) => ({
    key: one.person,
    kind: 'palette.person',
    text: `${one.given_name} ${one.family_name}`,
    note: one.email ?? undefined,
    to: { to: '/operator/users', search: { open: one.person } },
  }));
}

/** The last that was typed when somebody stopped for a moment. */
function useRested(text: string): string {
  const [rested, set] = useState(text);
  useEffect(() => {
    const timer = setTimeout(() => set(text), REST);
    return () => clearTimeout(timer);
  }, [text]);
  return rested;
}
