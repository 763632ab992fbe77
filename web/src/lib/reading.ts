/** Reading from the house: one key, one question, in the browser and where its first page is written. */

import { QueryClient, queryOptions } from '@tanstack/react-query';
import { type Answer, type Asked, address, type Readable } from '@tipple/api';
import { ask, type Failed } from './network.ts';

/** Gives what lies at an address, as JSON. */
export type Source = (address: string, signal?: AbortSignal) => Promise<unknown>;

export const overNetwork: Source = (address, signal) => ask(address, { signal });

declare module '@tanstack/react-query' {
  interface Register {
    defaultError: Failed;
    queryMeta: { source?: Source };
  }
}

/** What came with the page is not asked for again, once. */
export function givenFirst(given: Record<string, unknown>, source: Source): Source {
  return async (address, signal) => {
    if (!(address in given)) return source(address, signal);
    const { [address]: answer } = given;
    delete given[address];
    return answer;
  };
}

export function readings(source: Source): QueryClient {
  return new QueryClient({
    defaultOptions: {
      queries: {
        queryFn: ({ queryKey, signal }) => source(String(queryKey[0]), signal),
        meta: { source },
        staleTime: 30_000,
        retry: (times, error) => times < 2 && (error.problem?.status === 0 || error.problem?.status >= 500),
      },
      // Without a network it fails at once and says so, rather than going out when nobody looks any more.
      mutations: { networkMode: 'always' },
    },
  });
}

/** Reads a path of the interface. */
export function reading<Path extends Readable>(path: Path, asked: Asked<Path>) {
  return queryOptions<Answer<Path>>({ queryKey: [address(path, asked)] });
}
