// @vitest-environment jsdom
/** Alcohol goes into a basket once somebody has said that they are of age. */
import { fireEvent, screen, waitFor } from '@testing-library/react';
import { beforeEach, expect, test, vi } from 'vitest';
import { wanted } from '@/lib/basket.ts';
import { AT_LAST, afresh, answering, full, json, long, refused, visit } from './visit.tsx';

afresh();
const GIN = '01a21c5a-2673-7207-a3ac-00000000000f';
const STORE = '01a21c5a-2673-7207-a3ac-0000000000aa';
let age: number | null;
let alcoholic: boolean;
let silent: boolean;

beforeEach(() => {
  age = 21;
  alcoholic = true;
  silent = false;
  localStorage.removeItem('signed-in');
  // What jsdom lacks of dialogs.
  const dialog = HTMLDialogElement.prototype;
  dialog.showModal = function () {
    this.setAttribute('open', '');
  };
  dialog.close = function () {
    this.removeAttribute('open');
    this.dispatchEvent(new Event('close'));
  };
  vi.stubGlobal('requestIdleCallback', () => 0);
  const rest = full(long);
  answering(async (address) => {
    const answer = await rest(address);
    if (address.startsWith(`/v1/catalogue/products/${GIN}`)) {
      const drink = await answer.json();
      const offer = { ...drink.offers.items[0], store: STORE, stock: 'in_stock' };
      return json({ ...drink, product: GIN, alcoholic, offers: { items: [offer] } });
    }
    if (address !== `/v1/catalogue/stores/${STORE}`) return answer;
    if (silent) return json(refused, 403);
    const store = await answer.json();
    return json({ ...store, store: STORE, sells: { ...store.sells, minimum_age: age } });
  }, long);
});

const add = async () =>
  fireEvent.click(await screen.findByRole('button', { name: 'Add to basket' }, AT_LAST));
const answer = (name: string | RegExp) => screen.findByRole('button', { name, hidden: true }, AT_LAST);
const count = () => wanted().reduce((sum, { quantity }) => sum + quantity, 0);

test('it is asked once on a device, for the age of the law there', async () => {
  visit(`/p/${GIN}`);
  await add();
  const yes = await answer('Yes, I am 21 or over');
  expect(screen.getByRole('dialog', { name: 'Are you 21 or over?' })).toBeTruthy();
  expect(count()).toBe(0);
  fireEvent.click(yes);
  await waitFor(() => expect(count()).toBe(1), AT_LAST);
  expect(screen.queryByRole('dialog')).toBeNull();
  await add();
  await waitFor(() => expect(count()).toBe(2), AT_LAST);
  expect(screen.queryByRole('dialog')).toBeNull();
});

test('where the law asks for more years it is asked again', async () => {
  localStorage.setItem('of-age', '18');
  visit(`/p/${GIN}`);
  await add();
  fireEvent.click(await answer('Yes, I am 21 or over'));
  await waitFor(() => expect(count()).toBe(1), AT_LAST);
  expect(localStorage.getItem('of-age')).toBe('21');
});

test('whoever closes it is where they were, and whoever says no sees what has no alcohol', async () => {
  const { history } = visit(`/p/${GIN}`);
  await add();
  fireEvent.click(await answer('Close without answering'));
  await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull(), AT_LAST);
  expect(history.location.pathname).toBe(`/p/${GIN}`);
  await add();
  fireEvent.click(await answer(/^No/));
  await waitFor(() => expect(history.location.href).toBe('/search?class=none'), AT_LAST);
  expect(count()).toBe(0);
  expect(localStorage.getItem('of-age')).toBeNull();
});

test('where nobody can tell the age it is asked without one', async () => {
  silent = true;
  visit(`/p/${GIN}`);
  await add();
  fireEvent.click(await answer('Yes, I am old enough'));
  await waitFor(() => expect(count()).toBe(1), AT_LAST);
});

test('what has no alcohol is for everybody', async () => {
  alcoholic = false;
  visit(`/p/${GIN}`);
  await add();
  await waitFor(() => expect(count()).toBe(1), AT_LAST);
  expect(screen.queryByRole('dialog')).toBeNull();
});
