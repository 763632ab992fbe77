/** The stores that somebody works at, and the one whose portal is shown. */
import { queryOptions, useQueries, useQuery } from '@tanstack/react-query';
import { type Answer, address } from '@tipple/api';
import { createContext, useContext, useState } from 'react';
import { ask } from '@/lib/network.ts';
import { reading } from '@/lib/reading.ts';

export type Store = Answer<'/v1/catalogue/stores/{store}'>;

const CHOSEN = 'vendor-store';
const me = reading('/v1/accounts/me', {});

/** As its staff see it, whether or not it sells at present. */
export const storeOf = (store: string) => {
  const where = address('/v1/catalogue/stores/{store}', { path: { store } });
  return queryOptions({
    queryKey: [where, 'staff'],
    queryFn: ({ signal }) => ask(where, { signal }, false) as Promise<Store>,
  });
};

export function useStores() {
  const who = useQuery(me);
  const ids = [...new Set(who.data?.roles.flatMap((role) => ('stores' in role && role.stores) || []))];
  const found = useQueries({ queries: ids.map(storeOf) });
  const [chosen, setChosen] = useState(() => localStorage.getItem(CHOSEN));
  const stores = found.flatMap(({ data }) => data ?? []).sort((a, b) => a.name.localeCompare(b.name));
  return {
    stores,
    store: stores.find(({ store }) => store === chosen) ?? stores[0],
    choose: (store: string) => {
      localStorage.setItem(CHOSEN, store);
      setChosen(store);
    },
    waiting: !who.data || found.some(({ isPending }) => isPending),
    error: who.error ?? found.find(({ error }) => error)?.error,
    again: () => {
      who.refetch();
      for (const one of found) one.refetch();
    },
  };
}

export const ChosenStore = createContext<Store | undefined>(undefined);

/** The store whose portal is shown. */
export function useStore(): Store {
  const store = useContext(ChosenStore);
  if (!store) throw new Error('a page of the portal stands outside of it');
  return store;
}

/** Whether one decides at the store (prices, hours) or packs and counts. */
export function useDecides(): boolean {
  const { store } = useStore();
  const { data } = useQuery(me);
  return (
    data?.roles.some((role) => 'stores' in role && role.role !== 'clerk' && role.stores?.includes(store)) ??
    false
  );
}
