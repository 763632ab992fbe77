// @vitest-environment jsdom
/** Where links in letters lead, whoever opens them, and whatever the house says of their code. */
import { createMemoryHistory } from '@tanstack/react-router';
import { cleanup, render, screen, waitFor } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { learn, speak } from '@/lib/messages.ts';
import { overNetwork, readings } from '@/lib/reading.ts';
import { anew } from '@/lib/session.ts';
import { pagesFrom } from '@/pages.ts';
import { routerOf } from '@/router.tsx';
import { Site } from '@/site.tsx';
import { words } from './refusals.ts';

const pages = await pagesFrom('/invitation');
const FLOW = '01a21c5a-2673-7207-a3ac-bcd75d15f9dc';
const CODE = '7KQ2-M9XD';
const shown = { flow: FLOW, code: CODE };
const AT_LAST = { timeout: 3_000 };

const base64 = (value: unknown) => btoa(JSON.stringify(value)).replaceAll('=', '');
function session(roles: string[]) {
  const now = Math.floor(Date.now() / 1000);
  const token = `${base64({})}.${base64({ iat: now, exp: now + 900 })}.`;
  const held = roles.map((role) => (role === 'clerk' ? { role, stores: [FLOW] } : { role }));
  return { person: FLOW, session: FLOW, roles: held, access_token: token, must_enrol: false };
}

const json = (body: unknown, status = 200) =>
  new Response(status === 204 ? null : JSON.stringify(body), { status });
const refused = (code: string, field?: string, status = 422) =>
  json({ status, code, title: 'No.', detail: `It was ${code}.`, field }, status);

/** What the house lets somebody do who works as that. */
const MAY: Record<string, string[]> = {
  operator: ['set_roles', 'audit', 'pack_order'],
  clerk: ['pack_order'],
  driver: ['begin_shift'],
};

type Sent = { path: string; body: unknown };
let sent: Sent[];
let roles: string[];

/** A house that says so to what is sent there. */
function house(answers: Record<string, () => Response>) {
  vi.stubGlobal('fetch', async (path: string, init?: RequestInit) => {
    if (path === '/v1/accounts/sessions/refresh') {
      return localStorage.getItem('signed-in') ? json(session(roles)) : refused('signed-out', undefined, 401);
    }
    if (path === '/v1/gateway/may') return json({ may: roles.flatMap((role) => MAY[role] ?? []) });
    if (path === '/v1/accounts/me') return json({ email: 'ann@example.com', given_name: 'Ann', roles: [] });
    const answer = answers[path];
    if (!answer) return json({ items: [] });
    sent.push({ path, body: JSON.parse(String(init?.body)) });
    return answer();
  });
}

async function opened(address: string) {
  const known = readings(overNetwork);
  const router = routerOf(pages, known, createMemoryHistory({ initialEntries: [address] }));
  render(<Site router={router} known={known} />);
  await waitFor(() => expect(document.querySelector('main h1')).not.toBeNull(), AT_LAST);
  return { router, user: userEvent.setup() };
}

const press = (user: ReturnType<typeof userEvent.setup>, name: string) =>
  user.click(screen.getByRole('button', { name }));
const says = (text: RegExp) => waitFor(() => expect(screen.getByText(text)).toBeTruthy(), AT_LAST);

beforeAll(async () => {
  speak('en');
  await learn('shop');
  window.scrollTo = () => {};
});
beforeEach(async () => {
  localStorage.clear();
  // Nobody is signed in from before.
  await anew();
  sessionStorage.clear();
  sent = [];
  roles = [];
});
afterEach(cleanup);

const link = (page: string) => `${page}#flow=${FLOW}&code=${CODE}`;

describe.each(['/sign-up', '/reset-password', '/confirm-email', '/confirm-phone', '/invitation'])(
  '%s',
  (page) => {
    test('takes its code out of the address, and sends nothing by itself', async () => {
      localStorage.setItem('signed-in', '1');
      house({});
      const { router } = await opened(link(page));
      expect(router.state.location.href).toBe(page);
      expect(router.history.length).toBe(1);
      expect(sent).toEqual([]);
    });

    test('says what to do where a link brought nothing', async () => {
      house({});
      await opened(page);
      if (page === '/sign-up') expect(screen.getByLabelText('Given name')).toBeTruthy();
      else expect(screen.getByText(/opens by the link of a letter/)).toBeTruthy();
    });
  },
);

describe('a new password', () => {
  const path = '/v1/accounts/password/reset/confirm';
  const begun = async (answer: () => Response) => {
    house({ [path]: answer });
    const page = await opened(link('/reset-password'));
    await page.user.type(screen.getByLabelText('New password'), 'correct horse battery');
    await press(page.user, 'Set the password');
    return page;
  };

  test('is set, and leads to signing in', async () => {
    await begun(() => json(null, 204));
    await says(/Your new password holds/);
    expect(sent).toEqual([{ path, body: { ...shown, password: 'correct horse battery' } }]);
    expect(screen.getAllByRole('link', { name: 'Sign in' }).at(-1)?.getAttribute('href')).toBe('/sign-in');
    expect(sessionStorage).toHaveLength(0);
  });

  test('that is weak is said at its field, and the letter still holds', async () => {
    await begun(() => refused('weak-password', 'password'));
    await waitFor(() =>
      expect(screen.getAllByText(words['refused.weak-password'] as string)).toHaveLength(2),
    );
    expect(sessionStorage).toHaveLength(1);
    expect(screen.queryByRole('link', { name: 'Ask for another letter' })).toBeNull();
  });

  test('cannot be had by a link that was used: there is a way to another letter', async () => {
    await begun(() => refused('code-refused', 'code'));
    await says(/has been used or is too old/);
    const way = screen.getByRole('link', { name: 'Ask for another letter' });
    expect(way.getAttribute('href')).toBe('/forgotten');
  });
});

describe('the end of a sign-up', () => {
  const path = '/v1/accounts/sign-up/confirm';
  const begun = async (answer: () => Response) => {
    house({ [path]: answer });
    const page = await opened(link('/sign-up'));
    await page.user.type(screen.getByLabelText('Password'), 'correct horse battery');
    await press(page.user, 'Create the account');
    return page;
  };

  test('signs in, in another browser too', async () => {
    const { router } = await begun(() => json(session([]), 201));
    await waitFor(() => expect(router.state.location.pathname).toBe('/'), AT_LAST);
    expect(sent).toEqual([{ path, body: { ...shown, password: 'correct horse battery' } }]);
    expect(sessionStorage).toHaveLength(0);
  });

  test('may be tried again, or begun anew', async () => {
    const { user } = await begun(() => refused('code-refused', 'code'));
    await says(/not the password that you chose/);
    await press(user, 'Sign up again');
    await waitFor(() => expect(screen.getByLabelText('Given name')).toBeTruthy(), AT_LAST);
    expect(sessionStorage).toHaveLength(0);
  });
});

describe.each([
  ['/confirm-email', '/v1/accounts/email/change/confirm', 'Confirm the address', /The address is confirmed/],
  ['/confirm-phone', '/v1/accounts/phone/confirm', 'Confirm the number', /The number is confirmed/],
  ['/invitation', '/v1/accounts/invitations/accept', 'Accept the invitation', /You have accepted/],
])('%s', (page, path, button, done) => {
  test('asks who it is, and comes back', async () => {
    house({});
    await opened(link(page));
    const ways = screen.getAllByRole('link', { name: 'Sign in' });
    expect(ways.at(-1)?.getAttribute('href')).toBe(`/sign-in?to=${encodeURIComponent(page)}`);
    expect(sessionStorage).toHaveLength(1);
  });

  test('is done once, at a press', async () => {
    localStorage.setItem('signed-in', '1');
    house({ [path]: () => json(null, 204) });
    const { user } = await opened(link(page));
    await says(/ann@example.com/);
    await press(user, button);
    await says(done);
    expect(sent).toEqual([{ path, body: shown }]);
    expect(sessionStorage).toHaveLength(0);
  });

  test('says why not, and lets another account try', async () => {
    localStorage.setItem('signed-in', '1');
    house({ [path]: () => refused('code-refused', 'code') });
    const { user } = await opened(link(page));
    await press(user, button);
    await waitFor(() => expect(screen.getByRole('alert').textContent).toMatch(/used/), AT_LAST);
    await press(user, 'Use another account');
    await waitFor(() => expect(screen.queryByRole('button', { name: button })).toBeNull(), AT_LAST);
    expect(sessionStorage).toHaveLength(1);
  });

  test('says that the house is not there, and may be pressed again', async () => {
    localStorage.setItem('signed-in', '1');
    house({ [path]: () => refused('unavailable', undefined, 503) });
    const { user } = await opened(link(page));
    await press(user, button);
    await waitFor(
      () => expect(screen.getByRole('alert').textContent).toBe(words['refused.unavailable'] as string),
      AT_LAST,
    );
    expect(screen.getByRole('button', { name: button })).toBeTruthy();
  });
});

test.each([
  ['operator', '/operator'],
  ['clerk', '/vendor'],
  ['driver', '/driver'],
])('who has become %s is led to %s', async (role, to) => {
  localStorage.setItem('signed-in', '1');
  house({
    '/v1/accounts/invitations/accept': () => {
      roles = [role];
      return json(null, 204);
    },
  });
  const { user } = await opened(link('/invitation'));
  await press(user, 'Accept the invitation');
  await says(/You have accepted/);
  await waitFor(() => expect(document.querySelector(`main a[href="${to}"]`)).not.toBeNull(), AT_LAST);
});
