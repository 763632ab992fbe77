// @vitest-environment jsdom
/** Addresses in the account: changed, removed, put back. */
import { QueryClientProvider } from '@tanstack/react-query';
import { cleanup, render, screen, waitFor } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { Addresses } from '@/features/account/addresses.tsx';
import { learn, speak } from '@/lib/messages.ts';
import { overNetwork, readings } from '@/lib/reading.ts';

vi.mock('@/features/map/later.tsx', () => ({ MapView: () => null }));

const HOME = {
  id: '01a21c5a-2673-7207-a3ac-bcd75d15f9dc',
  label: 'Home',
  recipient: 'Ann Lee',
  address: '500 Locust St',
  instructions: 'Second floor',
  kind: 'office',
  place: { lat: 41.5868, lon: -93.625 },
  is_default: true,
  version: 7,
};

let kept: (typeof HOME)[];
let sent: { what: string; match: string | null; body?: Record<string, unknown> }[];
let answer: () => Response;

const json = (body: unknown, status = 200) => new Response(JSON.stringify(body), { status });

async function shown() {
  vi.stubGlobal('fetch', async (path: string, init: RequestInit = {}) => {
    const method = init.method ?? 'GET';
    if (method === 'GET') return json({ items: path.includes('/addresses') ? kept : [] });
    const body = init.body ? JSON.parse(String(init.body)) : undefined;
    sent.push({ what: `${method} ${path}`, match: new Headers(init.headers).get('if-match'), body });
    return answer();
  });
  render(
    <QueryClientProvider client={readings(overNetwork)}>
      <Addresses />
    </QueryClientProvider>,
  );
  await screen.findByText('Home');
  return userEvent.setup();
}

const typedIn = (field: HTMLElement) => (field as HTMLInputElement).value;
const faultOf = (field: HTMLElement) => document.getElementById(`${field.id}-problem`)?.textContent;

beforeAll(async () => {
  speak('en');
  await Promise.all((['shop', 'own', 'account', 'address'] as const).map(learn));
});
beforeEach(() => {
  kept = [HOME];
  sent = [];
});
afterEach(cleanup);

const path = `/v1/accounts/addresses/${HOME.id}`;

test('one is changed as it was read, and what is wrong stands at its field', async () => {
  const user = await shown();
  await user.click(screen.getByRole('button', { name: 'Change Home' }));
  const street = await screen.findByLabelText('Street, number, city');
  expect(typedIn(street)).toBe('500 Locust St');
  expect(typedIn(screen.getByLabelText('What kind of place it is'))).toBe('office');
  expect(typedIn(screen.getByLabelText('Latitude'))).toBe('41.5868');
  await user.clear(street);
  await user.type(street, '501 Locust St');
  const errors = [{ field: 'address', message: 'is blank', code: 'is-blank' }];
  answer = () =>
    json(
      {
        status: 422,
        code: 'invalid-input',
        title: 'No.',
        detail: 'address: is blank',
        field: 'address',
        errors,
      },
      422,
    );
  await user.click(screen.getByRole('button', { name: 'Save the change' }));
  await waitFor(() => expect(faultOf(street)).toBe('This is needed.'));
  expect(typedIn(street)).toBe('501 Locust St');
  answer = () => {
    kept = [{ ...HOME, address: '501 Locust St', version: 8 }];
    return json(kept[0]);
  };
  await user.click(screen.getByRole('button', { name: 'Save the change' }));
  await waitFor(() => expect(screen.queryByRole('button', { name: 'Save the change' })).toBeNull());
  const { id, version, ...said } = HOME;
  const body = { ...said, address: '501 Locust St' };
  expect(sent).toEqual([
    { what: `PUT ${path}`, match: '"v7"', body },
    { what: `PUT ${path}`, match: '"v7"', body },
  ]);
});

test('a form that a button opens has the focus; what a place was missing is said no longer once it is found', async () => {
  const user = await shown();
  vi.stubGlobal('navigator', {
    ...navigator,
    geolocation: {
      getCurrentPosition: (found: PositionCallback) =>
        found({ coords: { latitude: 41.5, longitude: -93.6 } } as GeolocationPosition),
    },
  });
  await user.click(screen.getByRole('button', { name: 'Add an address' }));
  await waitFor(() => expect(document.activeElement).toBe(screen.getByLabelText('What you call it')));
  await user.click(screen.getByRole('button', { name: 'Save the address' }));
  const lat = screen.getByLabelText('Latitude');
  expect([faultOf(lat), lat.getAttribute('aria-invalid')]).toEqual(['This is needed.', 'true']);
  await user.click(screen.getByRole('button', { name: 'I am there now' }));
  await waitFor(() => expect(typedIn(lat)).toBe('41.50000'));
  expect([faultOf(lat), lat.getAttribute('aria-invalid')]).toEqual(['', 'false']);
  vi.unstubAllGlobals();
});

test('one that was removed can be put back', async () => {
  const user = await shown();
  answer = () => {
    kept = [];
    return new Response(null, { status: 204 });
  };
  await user.click(screen.getByRole('button', { name: 'Remove Home' }));
  const undo = await screen.findByRole('button', { name: 'Put it back' });
  answer = () => {
    kept = [HOME];
    return json(HOME, 201);
  };
  await user.click(undo);
  await waitFor(() => expect(screen.queryByRole('button', { name: 'Put it back' })).toBeNull());
  const { id, version, ...body } = HOME;
  expect(sent.map(({ what }) => what)).toEqual([`DELETE ${path}`, 'POST /v1/accounts/addresses']);
  expect(sent[1]?.body).toEqual(body);
});
