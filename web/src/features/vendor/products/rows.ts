/** All that a store lists and has, brought together by product, as far as it has come. */
import { type QueryClient, useInfiniteQuery, useQueryClient } from '@tanstack/react-query';
import { type Answer, address, type Schema } from '@tipple/api';
import { useEffect, useMemo } from 'react';
import { ask, type Failed } from '@/lib/network.ts';

export type Listing = Answer<'/v1/catalogue/stores/{store}/listings'>['items'][number];
export type Stock = Schema<'StockView'>;

export interface Row {
  listing: Listing;
  /** None before anything of it has come in. */
  stock?: Stock;
}

const LISTINGS = '/v1/catalogue/stores/{store}/listings';
const STOCK = '/v1/catalogue/stores/{store}/stock';
type List = typeof LISTINGS | typeof STOCK;

interface Pages<Item> {
  pages: { items: Item[]; next?: string | null }[];
  pageParams: string[];
}

const key = (list: List, store: string) => ['all', address(list, { path: { store } })];

/** Every page of a list, one after the other. */
function useAll<Item>(list: List, store: string) {
  const all = useInfiniteQuery({
    queryKey: key(list, store),
    queryFn: ({ pageParam: after, signal }) => {
      const query = { limit: 100, ...(after && { after }), ...(list === LISTINGS && { inactive: true }) };
      return ask(address(list, { path: { store }, query }), { signal }, false) as Promise<
        Pages<Item>['pages'][number]
      >;
    },
    initialPageParam: '',
    getNextPageParam: (page) => page.next ?? undefined,
    staleTime: 60_000,
    // A long list is asked for faster than the house lets anybody ask.
    retry: (times, { problem }: Failed) =>
      problem?.status === 429 ? times < 10 : times < 2 && (problem?.status === 0 || problem?.status >= 500),
    retryDelay: 1_000,
  });
  const { hasNextPage, isFetching, isError, fetchNextPage } = all;
  useEffect(() => {
    if (hasNextPage && !isFetching && !isError) void fetchNextPage();
  }, [hasNextPage, isFetching, isError, fetchNextPage]);
  return all;
}

export function useRows(store: string) {
  const listings = useAll<Listing>(LISTINGS, store);
  const stocks = useAll<Stock>(STOCK, store);
  const rows = useMemo(() => {
    const stockOf = new Map(
      stocks.data?.pages.flatMap(({ items }) => items.map((one) => [one.product, one])),
    );
    return listings.data?.pages.flatMap(({ items }) =>
      items.map((listing): Row => ({ listing, stock: stockOf.get(listing.product) })),
    );
  }, [listings.data, stocks.data]);
  return {
    rows,
    error: listings.error ?? stocks.error,
    /** Whether more of it is to come. */
    coming: listings.hasNextPage || stocks.hasNextPage || !stocks.data,
    again: () => Promise.all([listings.refetch(), stocks.refetch()]),
  };
}

/** Rows as they are known here, and what the house says of them now. */
export function useRowStore(store: string) {
  const known = useQueryClient();
  return {
    listed: (listing: Listing) => put(known, key(LISTINGS, store), listing),
    stocked: (stock: Stock) => put(known, key(STOCK, store), stock),
    /** Reads a listing anew, with all others, since there is no reading one. */
    listingOf: (product: string) => anew<Listing>(known, key(LISTINGS, store), product),
    stockOf: (product: string) => anew<Stock>(known, key(STOCK, store), product),
  };
}

/** In the place of the same product's; behind all others where it is new. */
function put<Item extends { product: string }>(known: QueryClient, key: string[], item: Item) {
  known.setQueryData<Pages<Item>>(key, (all) => {
    if (!all) return all;
    const there = all.pages.some(({ items }) => items.some(({ product }) => product === item.product));
    const pages = all.pages.map((page, place) => ({
      ...page,
      items:
        !there && place === all.pages.length - 1
          ? [...page.items, item]
          : page.items.map((one) => (one.product === item.product ? item : one)),
    }));
    return { ...all, pages };
  });
}

async function anew<Item extends { product: string }>(known: QueryClient, key: string[], product: string) {
  await known.refetchQueries({ queryKey: key });
  const all = known.getQueryData<Pages<Item>>(key);
  return all?.pages.flatMap(({ items }) => items).find((one) => one.product === product);
}
