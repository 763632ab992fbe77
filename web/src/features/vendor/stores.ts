/** The stores that somebody works at, the one whose portal is shown, and what they may do there. */
import { queryOptions, useQueries, useQuery } from '@tanstack/react-query';
import { getRouteApi, useRouter } from '@tanstack/react-router';
import { type Answer, address, type Operation } from '@tipple/api';
import { createContext, useContext, useEffect } from 'react';
import { ask } from '@/lib/network.ts';
import { reading } from '@/lib/reading.ts';

export type Store = Answer<'/v1/catalogue/stores/{store}'>;

const route = getRouteApi('/vendor');
/** The store that was looked at last in this browser, for whoever comes without naming one. */
const LAST = 'vendor-store';
const me = reading('/v1/accounts/me', {});

/** As its staff see it, whether or not it sells at present. */
export const storeOf = (store: string) => {
  const where = address('/v1/catalogue/stores/{store}', { path: { store } });
  return queryOptions({
    queryKey: [where, 'staff'],
    queryFn: ({ signal }) => ask(where, { signal }, false) as Promise<Store>,
  });
};

const mayAt = (store: string) => reading('/v1/gateway/stores/{store}/may', { path: { store } });

/** The stores somebody works at, and which of them the address means. */
export function useStores() {
  const who = useQuery(me);
  const ids = [...new Set(who.data?.roles.flatMap((role) => ('stores' in role && role.stores) || []))];
  const found = useQueries({ queries: ids.map(storeOf) });
  const { store: named } = route.useSearch();
  const router = useRouter();
  const stores = found.flatMap(({ data }) => data ?? []).sort((a, b) => a.name.localeCompare(b.name));
  const waiting = !who.data || found.some(({ isPending }) => isPending);
  const of = (id: string | null | undefined) => stores.find(({ store }) => store === id);
  const store = named === undefined ? (of(localStorage.getItem(LAST)) ?? stores[0]) : of(named);
  const shown = waiting && !of(named) ? undefined : store;
  const may = useQuery({ ...mayAt(shown?.store ?? ''), enabled: shown !== undefined });
  useEffect(() => {
    if (!shown) return;
    localStorage.setItem(LAST, shown.store);
    // So that a link to this page leads to this store, whoever opens it.
    if (named === undefined) {
      void router.navigate({ to: '.', search: (was) => ({ ...was, store: shown.store }), replace: true });
    }
  }, [shown, named, router]);
  return {
    stores,
    store: shown,
    /** Whether it is known what one may do there. */
    known: may.data !== undefined,
    waiting: waiting || (shown !== undefined && may.isPending),
    error: who.error ?? found.find(({ error }) => error)?.error ?? may.error,
    again: () => {
      who.refetch();
      for (const one of found) one.refetch();
      if (shown) may.refetch();
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

/** Whether the house lets this person do that at the store. */
export function useMay(): (operation: Operation) => boolean {
  const { store } = useStore();
  const { data } = useQuery(mayAt(store));
  return (operation) => data?.may.includes(operation) ?? false;
}
