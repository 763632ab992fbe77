/** Somebody who may see all pages, at a house that answers as a test wants it. */
import { createMemoryHistory } from '@tanstack/react-router';
import { cleanup, render, waitFor } from '@testing-library/react';
import { afterEach, beforeAll, beforeEach, vi } from 'vitest';
import { learn, speak } from '@/lib/messages.ts';
import { overNetwork, readings } from '@/lib/reading.ts';
import { pagesFrom } from '@/pages.ts';
import { routerOf } from '@/router.tsx';
import { Site } from '@/site.tsx';
import description from '../../openapi/tipple.json' with { type: 'json' };
import { House, type Stock } from './house.ts';

/** For whoever begins where all of them are. */
export const pages = await pagesFrom('/operator', '/vendor', '/driver', '/invitation');
export const STORE = '01a21c5a-2673-7207-a3ac-bcd75d15f9dc';
/** However busy the machine is. */
export const AT_LAST = { timeout: 20_000 };

/** Says who is asking: somebody who may see all pages. */
const me = {
  person: STORE,
  email: 'ann@example.com',
  given_name: 'Ann',
  family_name: 'Lindqvist',
  language: 'en-GB',
  roles: [
    { role: 'customer' },
    { role: 'manager', stores: [STORE] },
    { role: 'driver' },
    { role: 'operator' },
  ],
};

const base64 = (value: unknown) => btoa(JSON.stringify(value)).replaceAll('=', '');

function signedIn() {
  const now = Math.floor(Date.now() / 1000);
  const token = `${base64({})}.${base64({ iat: now, exp: now + 900 })}.`;
  return { ...me, access_token: token, session: STORE, must_enrol: false };
}

export const json = (body: unknown, status = 200) => new Response(JSON.stringify(body), { status });
export const refused = {
  status: 503,
  code: 'unavailable',
  title: 'Not now.',
  detail: 'Not now.',
  request_id: 'r-1',
};

export type Answers = (address: string, init?: RequestInit) => Response | Promise<Response>;

/** All that the house can be asked to do. */
const OPERATIONS = Object.values(description.paths).flatMap((path) =>
  Object.values(path).map(({ operationId }) => operationId),
);

/** Who is asking, where they work and what they may do there is known; the rest is answered so. */
export function answering(rest: Answers, stock: Stock, stores = [STORE]) {
  const house = new House(stock);
  const asking = { ...me, roles: [...me.roles, { role: 'manager', stores }] };
  vi.stubGlobal('fetch', async (address: string, init?: RequestInit) => {
    if (address === '/v1/accounts/sessions/refresh') return json(signedIn());
    if (address === '/v1/accounts/me') return json(asking);
    if (address.endsWith('/events')) return new Response(new ReadableStream());
    const store = stores.find((one) => address === `/v1/catalogue/stores/${one}`);
    if (store && (init?.method ?? 'GET') === 'GET')
      return json({ ...(house.answer(address) as object), store });
    if (address === '/v1/gateway/may') return json({ may: OPERATIONS });
    if (/^\/v1\/gateway\/stores\/[^/]+\/may$/.test(address)) return json({ may: OPERATIONS });
    return rest(address, init);
  });
}

export function full(stock: Stock): Answers {
  const house = new House(stock);
  return (address) => {
    const answer = house.answer(address);
    return answer === undefined ? json(refused, 503) : json(answer);
  };
}

export const long: Stock = { length: 3, all: true, letters: 200 };
export const none: Stock = { length: 0, all: false, letters: 8 };
export const bare: Stock = { length: 3, all: false, letters: 1, least: true };
export const many: Stock = { length: 5_000, all: true, letters: 8 };

/** Somebody goes there. */
export function visit(address: string) {
  const known = readings(overNetwork);
  const { queries } = known.getDefaultOptions();
  // What fails does so at once.
  known.setDefaultOptions({ queries: { ...queries, retryDelay: 1 } });
  const history = createMemoryHistory({ initialEntries: [address] });
  const router = routerOf(pages, known, history);
  const page = render(<Site router={router} known={known} />).container;
  return { page, history, known, router };
}

/** What is there at last. */
export function shown(page: Element, selector: string): Promise<HTMLElement> {
  return waitFor(() => {
    const found = page.querySelector<HTMLElement>(selector);
    if (!found) throw new Error(`no ${selector} in: ${page.textContent}`);
    return found;
  }, AT_LAST);
}

/** Every test of the file begins with somebody who is signed in, and nothing on the screen. */
export function afresh() {
  beforeAll(async () => {
    speak('en');
    await learn('shop');
    vi.stubGlobal('matchMedia', () => ({ matches: false, addEventListener() {}, removeEventListener() {} }));
    window.scrollTo = () => {};
  });
  beforeEach(() => {
    localStorage.clear();
    localStorage.setItem('signed-in', '1');
  });
  afterEach(() => {
    cleanup();
    vi.restoreAllMocks();
  });
}
