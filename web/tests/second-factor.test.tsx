// @vitest-environment jsdom
/** The page where second factors are added and removed, and the step of signing in that asks for one. */
import { createMemoryHistory } from '@tanstack/react-router';
import { cleanup, render, screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { learn, speak } from '@/lib/messages.ts';
import { overNetwork, readings } from '@/lib/reading.ts';
import { anew } from '@/lib/session.ts';
import { pagesFrom } from '@/pages.ts';
import { routerOf } from '@/router.tsx';
import { Site } from '@/site.tsx';
import { words } from './refusals.ts';

const pages = await pagesFrom('/operator', '/vendor', '/driver', '/invitation');
const ID = '01a21c5a-2673-7207-a3ac-bcd75d15f9dc';
const AT_LAST = { timeout: 3_000 };
const PAGE = '/account/second-factor';
const CODES = ['7K2QF-M9XDA', '7K2QF-M9XDB'];

const base64 = (value: unknown) => btoa(JSON.stringify(value)).replaceAll('=', '');
function session(roles: string[], must_enrol: boolean) {
  const now = Math.floor(Date.now() / 1000);
  const token = `${base64({})}.${base64({ iat: now, exp: now + 900 })}.`;
  const held = roles.map((role) => (role === 'clerk' ? { role, stores: [ID] } : { role }));
  return { person: ID, session: ID, roles: held, access_token: token, must_enrol };
}

const json = (body: unknown, status = 200) =>
  new Response(status === 204 ? null : JSON.stringify(body), { status });
const refused = (code: string, status: number, field?: string) =>
  json({ status, code, title: 'No.', detail: `It was ${code}.`, field }, status);

const none = { authenticator: false, passkeys: 0, recovery_codes: 0, required: true, strong: false };
const app = { ...none, authenticator: true, recovery_codes: 10, strong: true };

let sent: [what: string, body: unknown][];
let has: typeof none;
/** Of an operator, whose role waits for a factor. */
let mine: ReturnType<typeof session>;
let passkeys: unknown[];
let me: object;

/** What the house lets somebody do who works as that. */
const MAY: Record<string, string[]> = {
  operator: ['set_roles', 'audit', 'pack_order'],
  clerk: ['pack_order'],
  driver: ['begin_shift'],
};

type Answers = Record<string, () => Response>;

/** A house that says so to what is sent there. */
function house(answers: Answers) {
  vi.stubGlobal('fetch', async (path: string, init: RequestInit = {}) => {
    const method = init.method ?? 'GET';
    if (path === '/v1/accounts/sessions/refresh') {
      return localStorage.getItem('signed-in') ? json(mine) : refused('signed-out', 401);
    }
    if (method === 'GET') {
      if (path === '/v1/accounts/me') return json(me);
      if (path === '/v1/gateway/may') return json({ may: mine.roles.flatMap(({ role }) => MAY[role] ?? []) });
      if (path === '/v1/accounts/me/second-factors') return json(has);
      if (path === '/v1/accounts/me/passkeys') return json({ items: passkeys });
      return json({ items: [] });
    }
    if (path === '/v1/accounts/sign-out') return json(null, 204);
    sent.push([`${method} ${path}`, init.body ? JSON.parse(String(init.body)) : undefined]);
    return answers[`${method} ${path}`]?.() ?? refused('unexpected', 500);
  });
}

async function opened(answers: Answers, address = PAGE) {
  house(answers);
  const known = readings(overNetwork);
  const router = routerOf(pages, known, createMemoryHistory({ initialEntries: [address] }));
  render(<Site router={router} known={known} />);
  await waitFor(() => expect(document.querySelector('main h1, main h2')).not.toBeNull(), AT_LAST);
  await waitFor(() => expect(document.querySelector('main .animate-pulse')).toBeNull(), AT_LAST);
  return { router, user: userEvent.setup() };
}

type User = ReturnType<typeof userEvent.setup>;
const press = async (user: User, name: string) =>
  user.click((await screen.findAllByRole('button', { name }, AT_LAST)).at(-1) as HTMLElement);
const alerts = () => screen.getAllByRole('alert').map(({ textContent }) => textContent);

beforeAll(async () => {
  speak('en');
  await learn('shop');
  window.scrollTo = () => {};
});
beforeEach(async () => {
  localStorage.clear();
  await anew();
  localStorage.setItem('signed-in', '1');
  sent = [];
  has = none;
  mine = session([], true);
  passkeys = [];
  me = {
    email: 'ann@example.com',
    given_name: 'Ann',
    family_name: 'Lee',
    has_password: true,
    roles: [{ role: 'operator' }],
  };
});
afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
});

const begin = 'POST /v1/accounts/me/authenticator/begin';
const confirm = 'POST /v1/accounts/me/authenticator/confirm';
const offered = {
  secret: 'GEZDGNBVGY3TQOJQ',
  url: 'otpauth://totp/Tipple:ann?secret=GEZDGNBVGY3TQOJQ',
  expires_at: '2026-11-27T18:15:00Z',
};

describe('an authenticator app', () => {
  const begun = async (answers: Answers) => {
    const page = await opened({ [begin]: () => json(offered), ...answers });
    await press(page.user, 'Set up an app');
    await page.user.type(screen.getByLabelText('Password'), 'correct horse battery');
    await press(page.user, 'Set up an app');
    await screen.findByText('GEZD GNBV GY3T QOJQ', {}, AT_LAST);
    return page;
  };

  test('is put in force by its code; then come recovery codes, and what waited for it', async () => {
    const { user } = await begun({
      [confirm]: () => {
        has = app;
        mine = session(['operator'], false);
        return json({ recovery_codes: CODES });
      },
    });
    expect(screen.getByRole('img', { name: 'QR code for the app' })).toBeTruthy();
    expect(screen.getByRole('link', { name: /Open it in an app/ }).getAttribute('href')).toBe(offered.url);
    await user.type(screen.getByLabelText('The six digits that the app shows'), ' 123456');
    await press(user, 'Put it in force');
    const codes = await screen.findByRole('region', { name: 'Your recovery codes' }, AT_LAST);
    expect(
      within(codes)
        .getAllByRole('listitem')
        .map(({ textContent }) => textContent),
    ).toEqual(CODES);
    expect(sent).toEqual([
      [begin, { password: 'correct horse battery' }],
      [confirm, { code: '123456' }],
    ]);
    expect(screen.queryByText('GEZD GNBV GY3T QOJQ')).toBeNull();
    await press(user, 'I have kept them');
    await waitFor(() => expect(document.querySelector('main a[href="/operator"]')).not.toBeNull(), AT_LAST);
    expect(screen.queryByRole('region', { name: 'Your recovery codes' })).toBeNull();
  });

  test.each([
    ['code-refused', 422, 'code'],
    ['not-begun', 409, undefined],
    ['slow-down', 429, undefined],
  ])('whose code is refused (%s) leaves what was typed', async (code, status, field) => {
    const { user } = await begun({ [confirm]: () => refused(code, status, field) });
    await user.type(screen.getByLabelText('The six digits that the app shows'), '123456');
    await press(user, 'Put it in force');
    await waitFor(() => expect(alerts()).toContain(words[`refused.${code}`]), AT_LAST);
    expect(screen.getByDisplayValue('123456')).toBeTruthy();
  });

  test.each([
    ['wrong-password', 403, false],
    ['sign-in-again', 403, true],
    ['second-factor-needed', 403, true],
  ])('that is not offered (%s) says why', async (code, status, again) => {
    const { user } = await opened({ [begin]: () => refused(code, status) });
    await press(user, 'Set up an app');
    await user.type(screen.getByLabelText('Password'), 'wrong horse');
    await press(user, 'Set up an app');
    await waitFor(() => expect(alerts()).toContain(words[`refused.${code}`]), AT_LAST);
    expect(screen.queryByRole('button', { name: 'Sign out, and in again' }) !== null).toBe(again);
  });

  test('is set up without a password where there is none', async () => {
    me = { ...me, has_password: false };
    const { user } = await opened({ [begin]: () => json(offered) });
    await press(user, 'Set up an app');
    await press(user, 'Set up an app');
    await screen.findByText('GEZD GNBV GY3T QOJQ', {}, AT_LAST);
    expect(sent).toEqual([[begin, {}]]);
  });

  test.each([
    ['goes', () => json(null, 204), undefined],
    ['stays where it is the last', () => refused('last-factor', 409), words['refused.last-factor']],
  ])('%s', async (_, answer, said) => {
    has = app;
    const remove = 'POST /v1/accounts/me/authenticator/remove';
    const { user } = await opened({ [remove]: answer });
    await press(user, 'Remove the app');
    await user.type(screen.getByLabelText('Code'), '123456');
    await press(user, 'Remove the app');
    if (said) await waitFor(() => expect(alerts()).toContain(said), AT_LAST);
    else await waitFor(() => expect(screen.queryByLabelText('Code')).toBeNull(), AT_LAST);
    expect(sent).toEqual([[remove, { code: '123456' }]]);
  });
});

describe('a passkey', () => {
  const ceremony = {
    ceremony: ID,
    options: { publicKey: { challenge: 'AA' } },
    expires_at: offered.expires_at,
  };
  const add = 'POST /v1/accounts/me/passkeys';
  const one = { id: ID, name: 'My phone', created_at: '2026-11-27T18:15:00Z' };
  const made = { id: 'k', rawId: 'k', type: 'public-key', response: {} };

  const begun = async (create: () => Promise<unknown>, answer: () => Response) => {
    vi.stubGlobal('PublicKeyCredential', {
      parseCreationOptionsFromJSON: (given: unknown) => given,
      parseRequestOptionsFromJSON: (given: unknown) => given,
    });
    vi.stubGlobal('navigator', Object.assign(navigator, { credentials: { create, get: create } }));
    const page = await opened({ 'POST /v1/accounts/me/passkeys/begin': () => json(ceremony), [add]: answer });
    await press(page.user, 'Add a passkey');
    await page.user.type(screen.getByLabelText('What you call it'), 'My phone');
    await page.user.type(screen.getByLabelText('Password'), 'correct horse battery');
    await press(page.user, 'Add a passkey');
    return page;
  };

  test('is made by the browser and added', async () => {
    const create = vi.fn(async () => ({ toJSON: () => made }));
    await begun(create, () => {
      has = { ...app, authenticator: false, passkeys: 1 };
      passkeys = [one];
      return json({ passkey: one, recovery_codes: CODES }, 201);
    });
    await screen.findByText(CODES[0] as string, {}, AT_LAST);
    expect(create).toHaveBeenCalledWith({ publicKey: ceremony.options.publicKey });
    expect(sent.at(-1)).toEqual([add, { ceremony: ID, name: 'My phone', credential: made }]);
    expect(screen.getByRole('button', { name: 'Remove My phone' })).toBeTruthy();
  });

  test('that its person calls off is not sent, and what was typed stays', async () => {
    await begun(
      () => Promise.reject(new DOMException('no', 'NotAllowedError')),
      () => refused('unexpected', 500),
    );
    await waitFor(() => expect(alerts().join()).toMatch(/Your browser gave no passkey/), AT_LAST);
    expect(sent).toHaveLength(1);
    expect(screen.getByDisplayValue('My phone')).toBeTruthy();
  });

  test.each([
    ['goes', () => json(null, 204), undefined],
    ['stays where it is the last', () => refused('last-factor', 409), words['refused.last-factor']],
  ])('%s', async (_, answer, said) => {
    has = { ...app, passkeys: 1 };
    passkeys = [one];
    const remove = `DELETE /v1/accounts/me/passkeys/${ID}`;
    const { user } = await opened({ [remove]: answer });
    await press(user, 'Remove My phone');
    expect(sent).toEqual([]);
    await press(user, 'Remove My phone');
    await waitFor(() => expect(sent).toEqual([[remove, undefined]]), AT_LAST);
    if (said) await waitFor(() => expect(alerts()).toContain(said), AT_LAST);
  });
});

describe('recovery codes', () => {
  const renew = 'POST /v1/accounts/me/recovery-codes';

  test('are renewed in a second step, and shown once', async () => {
    has = app;
    const { user } = await opened({ [renew]: () => json({ recovery_codes: CODES }) });
    await press(user, 'Get new codes');
    expect(sent).toEqual([]);
    await press(user, 'Get new codes');
    await screen.findByText(CODES[1] as string, {}, AT_LAST);
  });

  test('are renewed only by who has just shown a factor', async () => {
    has = app;
    const { user, router } = await opened({ [renew]: () => refused('second-factor-needed', 403) });
    await press(user, 'Get new codes');
    await press(user, 'Get new codes');
    await press(user, 'Sign out, and in again');
    await waitFor(
      () => expect(router.state.location.href).toBe(`/sign-in?to=${encodeURIComponent(PAGE)}`),
      AT_LAST,
    );
  });
});

test('in a session without its factor nothing is changed, and the way to one is shown', async () => {
  has = { ...app, strong: false };
  await opened({});
  expect(screen.getByRole('button', { name: 'Sign out, and in again' })).toBeTruthy();
  for (const name of [/Set up/, /Remove/, /Add/, /Get new/]) {
    expect(screen.queryByRole('button', { name })).toBeNull();
  }
});

test('the operator whose role waits is led to the factor, not to the shop', async () => {
  await opened({}, '/operator/live');
  const way = await screen.findByRole('link', { name: 'Set up a second factor' }, AT_LAST);
  expect(way.getAttribute('href')).toBe(PAGE);
});

test.each([
  [[], PAGE],
  [['clerk'], '/vendor/orders'],
])('who works at a store in the roles %j comes to %s', async (roles, to) => {
  mine = session(roles, true);
  const { router } = await opened({}, '/vendor/orders');
  expect(router.state.location.pathname).toBe(to);
});

describe('signing in', () => {
  const path = 'POST /v1/accounts/sign-in';
  const second = 'POST /v1/accounts/sign-in/second-factor';
  const password = async (answers: Answers, address = '/sign-in') => {
    localStorage.clear();
    const page = await opened(answers, address);
    await page.user.type(screen.getByLabelText('E-mail address'), 'ann@example.com');
    await page.user.type(screen.getByLabelText('Password'), 'correct horse battery');
    await press(page.user, 'Sign in');
    return page;
  };

  test('leads there whose role waits, if they want nothing else', async () => {
    const { router } = await password({ [path]: () => json(session([], true)) });
    await waitFor(() => expect(router.state.location.pathname).toBe(PAGE), AT_LAST);
  });

  test('takes a passkey for it', async () => {
    const shown = { id: 'k', type: 'public-key', response: {} };
    const get = vi.fn(async () => ({ toJSON: () => shown }));
    vi.stubGlobal('PublicKeyCredential', { parseRequestOptionsFromJSON: (given: unknown) => given });
    vi.stubGlobal('navigator', Object.assign(navigator, { credentials: { get } }));
    const passkey = { publicKey: { challenge: 'AA' } };
    const challenge = { challenge: 'c', authenticator: false, passkey, expires_at: offered.expires_at };
    const { router, user } = await password({
      [path]: () => json({ second_factor: challenge }),
      [second]: () => json(session(['operator'], false)),
    });
    await press(user, 'Use your passkey');
    await waitFor(() => expect(router.state.location.pathname).toBe('/'), AT_LAST);
    expect(get).toHaveBeenCalledWith(passkey);
    expect(sent.at(-1)).toEqual([second, { challenge: 'c', passkey: shown }]);
  });

  test('asks for the second factor where there is one', async () => {
    const challenge = { challenge: 'c', authenticator: true, expires_at: offered.expires_at };
    const { router, user } = await password({
      [path]: () => json({ second_factor: challenge }),
      [second]: () => json(session(['operator'], false)),
    });
    await user.type(await screen.findByLabelText('Code', {}, AT_LAST), '123456');
    await press(user, 'Go on');
    await waitFor(() => expect(router.state.location.pathname).toBe('/'), AT_LAST);
    expect(sent.at(-1)).toEqual([second, { challenge: 'c', code: '123456' }]);
  });
});
