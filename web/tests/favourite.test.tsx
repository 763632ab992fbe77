// @vitest-environment jsdom
/** Whether a drink is a favourite is asked once somebody looks around, and a mark is not lost that comes first. */
import { fireEvent, screen, waitFor } from '@testing-library/react';
import { beforeEach, expect, test, vi } from 'vitest';
import { AT_LAST, afresh, answering, full, json, long, visit } from './visit.tsx';

afresh();
const GIN = '01a21c5a-2673-7207-a3ac-00000000000f';
let asked: string[];

beforeEach(() => {
  asked = [];
  vi.stubGlobal('requestIdleCallback', () => 0);
  const rest = full(long);
  answering(async (address, { method = 'GET' } = {}) => {
    asked.push(`${method} ${address}`);
    if (address.startsWith('/v1/accounts/me/favourites')) {
      return json(
        method === 'GET' ? { items: [{ product: GIN, since: '2026-11-27T12:00:00Z' }], next: null } : null,
      );
    }
    const answer = await rest(address);
    return address.startsWith(`/v1/catalogue/products/${GIN}`)
      ? json({ ...(await answer.json()), product: GIN })
      : answer;
  }, long);
});

const button = () => screen.findByRole('button', { name: 'Favourite' }, AT_LAST);
const favourites = () => asked.filter((one) => one.includes('favourites'));

test('nothing is asked before, and a press before anything is known marks it', async () => {
  visit(`/p/${GIN}`);
  const heart = await button();
  await new Promise((then) => setTimeout(then, 100));
  expect(favourites()).toEqual([]);
  // Neither marked nor not.
  expect(heart.hasAttribute('aria-pressed')).toBe(false);
  expect(heart.querySelector('path')?.getAttribute('class')).toBe('invisible');
  fireEvent.click(heart);
  await waitFor(() => expect(favourites()).toContain(`PUT /v1/accounts/me/favourites/${GIN}`), AT_LAST);
  expect(heart.getAttribute('aria-pressed')).toBe('true');
});

test('whoever moves sees whether it is marked', async () => {
  visit(`/p/${GIN}`);
  const heart = await button();
  fireEvent.pointerMove(window);
  await waitFor(() => expect(heart.getAttribute('aria-pressed')).toBe('true'), AT_LAST);
});

test('and what is not marked is shown so, once that is known', async () => {
  const rest = full(long);
  answering(
    async (address) =>
      address.startsWith('/v1/accounts/me/favourites') ? json({ items: [], next: null }) : rest(address),
    long,
  );
  visit(`/p/${GIN}`);
  const heart = await button();
  expect(heart.hasAttribute('aria-pressed')).toBe(false);
  fireEvent.pointerMove(window);
  await waitFor(() => expect(heart.getAttribute('aria-pressed')).toBe('false'), AT_LAST);
});

test('what was done with a drink is not said of the next', async () => {
  const { history } = visit('/p/01a21c5a-2673-7207-a3ac-0000000000bb');
  const heart = await button();
  fireEvent.click(heart);
  await waitFor(() => expect(heart.getAttribute('aria-pressed')).toBe('true'), AT_LAST);
  history.push('/p/01a21c5a-2673-7207-a3ac-0000000000cc');
  await waitFor(() => expect(heart.isConnected).toBe(false), AT_LAST);
  expect((await button()).getAttribute('aria-pressed')).not.toBe('true');
});
