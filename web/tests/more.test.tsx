// @vitest-environment jsdom
/** Lists of which there is more than a page. */
import { fireEvent, waitFor } from '@testing-library/react';
import { expect, test } from 'vitest';
import { AT_LAST, afresh, answering, full, json, many, refused, STORE, visit } from './visit.tsx';

afresh();
const stock = { ...many, length: 70 };

function more(page: Element) {
  return [...page.querySelectorAll('main button')].find((one) =>
    /^(Show more|Try again)$/.test(one.textContent ?? ''),
  ) as HTMLElement;
}

test.each([
  [`/s/${STORE}`, 60, 'a[href^="/p/"]'],
  ['/stores', 60, 'a[href^="/s/"]'],
  ['/search', 30, 'a[href^="/p/"]'],
  ['/c/wine', 30, 'a[href^="/p/"]'],
  ['/orders', 20, 'main a[href^="/orders/"]'],
])('%s shows %i, and then the others', async (address, some, row) => {
  const answers = full(stock);
  let fails = true;
  answering((asked) => (fails && /after=/.test(asked) ? json(refused, 403) : answers(asked)), stock);
  const { page } = visit(address);
  const count = () => page.querySelectorAll(row).length;
  await waitFor(() => expect(count()).toBe(some), AT_LAST);
  fireEvent.click(more(page));
  await waitFor(
    () =>
      expect(page.querySelector('main [role=alert]')?.textContent).toBe(
        'A part of the shop does not answer right now. Try again shortly.',
      ),
    AT_LAST,
  );
  expect(count()).toBe(some);
  fails = false;
  while (more(page)) {
    const before = count();
    fireEvent.click(more(page));
    await waitFor(() => expect(count()).toBeGreaterThan(before), AT_LAST);
  }
  expect(count()).toBe(70);
});

test('the first page leads to the stores that it does not show', async () => {
  answering(full(stock), stock);
  const { page } = visit('/');
  await waitFor(() => expect(page.querySelector('main a[href="/stores"]')).not.toBeNull(), AT_LAST);
  expect(page.querySelectorAll('main a[href^="/s/"]')).toHaveLength(12);
});

test('a drink shows what the dearer stores ask as well, and of them too first who comes to the door', async () => {
  localStorage.setItem(
    'own:place',
    JSON.stringify({ label: '500 Locust St', lat: 41.58731, lon: -93.62401 }),
  );
  const answers = full(stock);
  const list = await (await answers('/v1/catalogue/stores?limit=70')).json();
  const stores: { store: string; name: string }[] = list.items;
  const near = stores.at(-1);
  const asked: string[] = [];
  let fails = true;
  answering(async (address) => {
    if (/[?&]near=/.test(address)) return json({ items: [{ ...near, reaches: true }], next: null });
    if (!address.startsWith(`/v1/catalogue/products/${STORE}?`)) return answers(address);
    asked.push(address);
    const after = new URL(address, 'http://house').searchParams.get('after');
    if (after && fails) return json(refused, 403);
    const drink = await (await answers(address)).json();
    const [offer] = drink.offers.items;
    // One that became dearer meanwhile comes twice.
    const from = after ? Number(after) - 1 : 0;
    const items = stores
      .slice(from, from + 25)
      .map(({ store, name }) => ({ ...offer, store, store_name: name }));
    const next = from + 25 < stores.length ? String(from + 25) : null;
    return json({ ...drink, product: STORE, offers: { items, next } });
  }, stock);
  const { page } = visit(`/p/${STORE}`);
  const shown = () => [...page.querySelectorAll('main section li a[href^="/s/"]')].map((a) => a.textContent);
  await waitFor(() => expect(more(page)).toBeDefined(), AT_LAST);
  expect(shown()).toEqual(stores.slice(0, 25).map(({ name }) => name));
  // They are read for whoever wants to see them.
  expect(asked).toHaveLength(1);
  fireEvent.click(more(page));
  await waitFor(() => expect(more(page).textContent).toBe('Try again'), AT_LAST);
  expect(shown()).toHaveLength(25);
  fails = false;
  while (more(page)) {
    const before = shown().length;
    fireEvent.click(more(page));
    await waitFor(() => expect(shown().length).toBeGreaterThan(before), AT_LAST);
  }
  expect(shown()).toEqual([near, ...stores.slice(0, -1)].map((one) => one?.name));
});
