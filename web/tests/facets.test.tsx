// @vitest-environment jsdom
/** Ways to narrow a search, as they stand in the address. */
import { fireEvent, screen, waitFor, within } from '@testing-library/react';
import { beforeEach, expect, test } from 'vitest';
import { filters } from '@/features/search/filters.ts';
import { learn, speak } from '@/lib/messages.ts';
import { AT_LAST, afresh, answering, full, json, long, shown, visit } from './visit.tsx';

afresh();
let asked: string[];
const drink = (await (await full(long)('/v1/catalogue/products')).json()).items[0];
const counts = (...values: string[]) => values.map((value, at) => ({ value, products: 9 - at }));

beforeEach(() => {
  asked = [];
  const rest = full(long);
  answering((address) => {
    if (!address.startsWith('/v1/catalogue/products?')) return rest(address);
    asked.push(address);
    const none = address.includes('abv_min=9900');
    const items = none ? [] : [{ ...drink, from_price: { amount: 1299, currency: 'USD' } }];
    const facets = {
      total: items.length,
      category: counts('wine/red', 'wine/white', 'spirits/gin'),
      country: counts('FR', 'US'),
      class: counts('wine', 'spirits'),
      container: counts('bottle', 'can'),
      min_abv_bp: 450,
      max_abv_bp: 6_300,
      min_volume_ml: 50,
      max_volume_ml: 3_000,
    };
    return json({ items, next: null, facets });
  }, long);
});

const typed = (label: string, text: string) => {
  const field = screen.getByLabelText(label) as HTMLInputElement;
  fireEvent.change(field, { target: { value: text } });
  fireEvent.blur(field);
};

test('what makes no sense is left out', () => {
  const search = {
    abv_min: 5_000,
    abv_max: 1_200,
    price_min: -1,
    price_max: 2.5,
    volume_max: 'x',
    category: '../me',
  };
  expect(Object.entries(filters(search)).filter(([, value]) => value !== undefined)).toEqual([
    ['abv_min', 5_000],
  ]);
  expect(filters({ price_min: 999, price_max: 999, category: 'wine/red' })).toMatchObject({
    price_min: 999,
    price_max: 999,
    category: 'wine/red',
  });
});

test.each([
  ['Price, USD: from', '12.50', 'price_min=1250', 'from $12.50'],
  ['Price, USD: to', '30', 'price_max=3000', 'up to $30.00'],
  ['Strength, %: from', '4,5', 'abv_min=450', 'from 4.5%'],
  ['Volume, litres: to', '0.75', 'volume_max=750', 'up to 750 mL'],
])('%s %s is asked for, told, and taken away', async (label, text, query, told) => {
  const { page, history } = visit('/search?q=red');
  await shown(page, 'details');
  typed(label, text);
  const chip = await screen.findByRole('button', { name: `Take away: ${told}` }, AT_LAST);
  expect(history.location.href).toContain(query);
  expect(asked.at(-1)).toContain(query);
  expect(asked.at(-1)).toContain('q=red');
  fireEvent.click(chip);
  await waitFor(() => expect(history.location.href).toBe('/search?q=red'), AT_LAST);
  expect((screen.getByLabelText(label) as HTMLInputElement).value).toBe('');
});

test('what is typed against the other end goes before it, and what is no number stays to be mended', async () => {
  const { page, history } = visit('/search?abv_max=500');
  await shown(page, 'details');
  typed('Strength, %: from', '40');
  await waitFor(() => expect(history.location.href).toBe('/search?abv_min=4000'), AT_LAST);
  typed('Volume, litres: to', 'much');
  expect((screen.getByLabelText('Volume, litres: to') as HTMLInputElement).value).toBe('much');
  expect(history.location.href).toBe('/search?abv_min=4000');
});

test('in a category there are the styles within it', async () => {
  const { page, history } = visit('/c/wine');
  await shown(page, 'details');
  expect(screen.queryByRole('checkbox', { name: /Gin/ })).toBeNull();
  fireEvent.click(screen.getByRole('checkbox', { name: /Red/ }));
  await screen.findByRole('button', { name: 'Take away: Red wine' }, AT_LAST);
  expect(history.location.href).toBe('/c/wine?category=wine%2Fred');
  expect(asked.at(-1)).toContain('category=wine%2Fred');
});

test('of many some are seen, with what was chosen, and the others once they are wanted', async () => {
  const rest = full(long);
  const value = (at: number) => `Z${String.fromCharCode(65 + at)}`;
  const country = counts(...Array.from({ length: 20 }, (_, at) => value(at)));
  answering((address) => {
    if (!address.startsWith('/v1/catalogue/products?')) return rest(address);
    const facets = { total: 1, category: [], country, class: counts('wine'), container: [] };
    return json({ items: [drink], next: null, facets });
  }, long);
  const { page } = visit(`/search?q=red&country=${value(19)}`);
  await shown(page, 'details');
  const group = within(screen.getByRole('group', { name: 'Country' }));
  const boxes = () => group.getAllByRole('checkbox') as HTMLInputElement[];
  expect(boxes()).toHaveLength(13);
  expect(boxes().map(({ checked }) => checked)).toEqual([...Array(12).fill(false), true]);
  const button = group.getByRole('button', { name: 'Show all 20' });
  expect(button.getAttribute('aria-expanded')).toBe('false');
  fireEvent.click(button);
  expect(boxes()).toHaveLength(20);
  expect(button.getAttribute('aria-expanded')).toBe('true');
  fireEvent.click(button);
  expect(boxes()).toHaveLength(13);
  // Where there are few there is nothing else to see.
  expect(screen.queryAllByRole('button', { name: /^Show all / })).toHaveLength(1);
});

test('all go at once, the words stay', async () => {
  const { page, history } = visit(
    '/search?q=red&class=wine&country=FR&in_stock=true&abv_min=9900&price_max=2000&sort=price',
  );
  await shown(page, 'h2');
  expect(screen.getByRole('heading', { name: 'Nothing found' })).toBeTruthy();
  expect(screen.getAllByRole('button', { name: /^Take away: / })).toHaveLength(5);
  fireEvent.click(screen.getAllByRole('button', { name: 'Clear all filters' })[0] as HTMLElement);
  await waitFor(() => expect(history.location.href).toBe('/search?q=red&sort=price'), AT_LAST);
});

test('from right to left too', async () => {
  speak('he');
  await learn('shop');
  const { page } = visit('/search?abv_min=450&price_max=2000');
  await shown(page, 'details');
  expect(screen.getAllByRole('button', { name: /^הסרה: / })).toHaveLength(2);
  expect(page.querySelector('main')?.textContent).not.toMatch(/search[.]|[{}]/);
  speak('en');
});
