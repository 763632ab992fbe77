/** Where the house writes a page: within its binary, with neither a browser nor a network. */
import './server/engine.ts';
import './server/intl.ts';
import type { Messages } from '@lingui/core';
import type { QueryClient } from '@tanstack/react-query';
import {
  type AnyRoute,
  type AnyRouter,
  createMemoryHistory,
  createRootRouteWithContext,
  createRoute,
} from '@tanstack/react-router';
import { renderToString } from 'react-dom/server';
import { WaitingOrder } from './features/order/waiting.tsx';
import { houseAt } from './lib/about.ts';
import { type Contact, tell } from './lib/contact.ts';
import { headOf } from './lib/head.ts';
import { type Language, speak, t, teach } from './lib/messages.ts';
import { Failed } from './lib/network.ts';
import { readings } from './lib/reading.ts';
import { root } from './root.ts';
import { openPages, routerOf } from './router.tsx';
import { shop } from './shop.tsx';
import { Site } from './site.tsx';
import { Waiting, WaitingAlone } from './ui/waiting.tsx';

const texts = import.meta.glob<Messages>('../messages/*/{shop,help,kinds}.json', {
  eager: true,
  import: 'default',
});
for (const [file, messages] of Object.entries(texts)) teach(file.split('/').at(-2) as Language, messages);

/** What only the visitor's own browser can fill: what is around it comes at once. */
const privately = [
  'sign-in',
  'sign-up',
  'signed-in',
  'forgotten',
  'reset-password',
  'confirm-email',
  'confirm-phone',
  'invitation',
  'basket',
  'checkout/$',
  'orders',
  'orders/$',
  'account',
  'account/second-factor',
];
const waiting = privately.map((path) =>
  createRoute({
    getParentRoute: () => shop,
    path,
    component: path === 'orders/$' ? WaitingOrder : Waiting,
  }),
);
/** The same for people at work, whose pages have nothing of the shop around them. */
const atWork = ['driver', 'driver/$', 'vendor', 'vendor/$', 'operator', 'operator/$'];
const bare = createRoute({ getParentRoute: () => root, id: 'work' });
const waitingAtWork = atWork.map((path) =>
  createRoute({ getParentRoute: () => bare, path, component: WaitingAlone }),
);
const asWaiting = new Set<string>([
  '/shop/offline',
  ...privately.map((path) => `/shop/${path}`),
  ...atWork.map((path) => `/work/${path}`),
]);
const pages = root.addChildren([
  shop.addChildren([...openPages, ...waiting]),
  bare.addChildren([...waitingAtWork]),
]);

/** Pages that are the same for all, without what they show. */
const above = createRootRouteWithContext<{ readings: QueryClient }>()({});
const around = createRoute({ getParentRoute: () => above, id: 'shop', component: shop.options.component });
const waitingPages = above.addChildren([
  around.addChildren(
    openPages.map(({ options }) =>
      createRoute({
        getParentRoute: () => around,
        path: (options as { path?: string }).path as string,
        validateSearch: options.validateSearch as (said: Record<string, unknown>) => Record<string, unknown>,
        head: options.head as never,
        component: Waiting,
      }),
    ),
  ),
]);

/** What the house knows of the one who asks, and what has been read for them so far. */
interface Asked {
  url: string;
  language: Language;
  locale: string;
  /** By address: an answer, the problem that came instead, or that nothing has come in time. */
  read: Record<string, { answer: unknown } | { problem: Failed['problem'] } | { late: true }>;
  help: Contact;
  /** Its address from outside. */
  house: string;
}

/** Addresses to read before the page can be written, or the page. */
type Written =
  | { wanted: string[] }
  | {
      status: number;
      title: string;
      description: string;
      /** Whether search engines may list it. */
      listed: boolean;
      /** Whether something that it shows had not come in time. */
      late: boolean;
      /** What it is about, as JSON-LD. */
      about: string;
      body: string;
      given: string;
    };

export async function page(asked: Asked): Promise<Written> {
  speak(asked.language, asked.locale);
  tell(asked.help);
  houseAt(asked.house);
  const wanted = new Set<string>();
  let late = false;
  const given: Record<string, unknown> = {};
  const known = readings(async (address) => {
    const read = asked.read[address];
    if (!read || 'late' in read) {
      if (read) late = true;
      else wanted.add(address);
      throw new Failed({ status: 404, code: 'wanted', title: '', detail: '' });
    }
    if ('problem' in read) throw new Failed(read.problem);
    given[address] = read.answer;
    return read.answer;
  });
  known.setDefaultOptions({ queries: { ...known.getDefaultOptions().queries, retry: false } });
  const router = await at(pages, asked.url, known);
  if (late) return keepingPlace(asked.url, known);
  if (wanted.size > 0) return { wanted: [...wanted] };
  const status = statusOf(router.state.matches);
  const whole = status === 200 && !router.state.matches.some(({ routeId }) => asWaiting.has(routeId));
  return {
    ...shown(router, known),
    status,
    listed: whole,
    late,
    // The browser begins anew where something failed or is for its visitor alone.
    given: whole ? quoted(given) : '',
  };
}

async function at<Pages extends AnyRoute>(pages: Pages, url: string, known: QueryClient) {
  const begun = (url: string) => routerOf(pages, known, createMemoryHistory({ initialEntries: [url] }));
  const first = begun(url);
  const plain = plainly(first);
  const router = plain === first.latestLocation.publicHref ? first : begun(plain);
  await router.load();
  return router;
}

/** The address without what the page makes nothing of, as what mails add to it: for that the router leads elsewhere,
 * and there is nobody here to follow. */
function plainly(router: AnyRouter): string {
  const as = { search: true, params: true, hash: true, state: true, _includeValidateSearch: true } as const;
  return router.buildLocation({ to: router.latestLocation.pathname, ...as } as never).publicHref;
}

/** What is seen of a page, and what it says of itself. */
function shown(router: AnyRouter, known: QueryClient) {
  const { title, description, about } = headOf(router.state.matches);
  return {
    title,
    description: description || t('site.tagline'),
    about: about ? quoted(about) : '',
    body: renderToString(<Site router={router} known={known} />),
  };
}

/** The page with the place kept of what it shows, which its browser asks for. */
async function keepingPlace(url: string, known: QueryClient): Promise<Written> {
  const router = await at(waitingPages, url, known);
  return { ...shown(router, known), status: 200, listed: false, late: true, given: '' };
}

/** JSON that may stand in a script element, which `<` in what a product is called could end. */
function quoted(value: unknown): string {
  return JSON.stringify(value).replaceAll('<', '\\u003c');
}

function statusOf(matches: { status: string; error: unknown }[]): number {
  // Nothing but what stands around a page: there is none at this address.
  if (matches.length < 3) return 404;
  const failed = matches.find((match) => match.status === 'error')?.error;
  if (!failed) return 200;
  return failed instanceof Failed && failed.problem.status === 404 ? 404 : 503;
}
