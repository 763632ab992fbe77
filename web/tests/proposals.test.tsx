// @vitest-environment jsdom
/** What the search box proposes while somebody types. */
import { fireEvent, screen, waitFor } from '@testing-library/react';
import { beforeEach, expect, test, vi } from 'vitest';
import { learn, speak } from '@/lib/messages.ts';
import { AT_LAST, afresh, answering, full, json, long, refused, visit } from './visit.tsx';

afresh();
const drink = (await (await full(long)('/v1/catalogue/products')).json()).items[0];
const called = (name: string, category = 'spirits/whiskey') => ({
  ...drink,
  product: `p-${name.replaceAll(' ', '-')}`,
  name,
  category,
  in_stock: true,
  from_price: { amount: 1299, currency: 'USD' },
});
const shelf = [called('Bourbon one'), called('Bourbon two'), called('Bourbon stout', 'beer/stout')];

/** What was asked for, with what keeps it from going on. */
let asked: { words: string; signal?: AbortSignal | null }[];
/** What is found for words; later, where somebody waits for it. */
let found: (words: string) => unknown;

beforeEach(() => {
  asked = [];
  found = () => json({ items: shelf, next: null });
  const rest = full(long);
  answering((address, init) => {
    const url = new URL(address, 'http://house');
    const words = url.searchParams.get('q');
    if (url.pathname !== '/v1/catalogue/products' || !words || url.searchParams.has('facets'))
      return rest(address);
    asked.push({ words, signal: init?.signal });
    return found(words) as Response;
  }, long);
});

async function field() {
  const { history, page } = visit('/stores');
  const input = (await screen.findByRole('combobox', { name: 'Search drinks' }, AT_LAST)) as HTMLInputElement;
  input.focus();
  // What proposes has come once the field hears of what is typed.
  await waitFor(() => expect(page.querySelector('search [role=status]')).not.toBeNull(), AT_LAST);
  return { input, history, page };
}
const type = (input: HTMLInputElement, text: string) => fireEvent.input(input, { target: { value: text } });
const press = (input: HTMLInputElement, key: string) => fireEvent.keyDown(input, { key });
const options = () => screen.queryAllByRole('option').map(({ textContent }) => textContent);
const activeOf = (input: HTMLInputElement) =>
  document.getElementById(input.getAttribute('aria-activedescendant') ?? '')?.textContent;

test('drinks are proposed, and their kinds, the count is told, and the arrow keys go round', async () => {
  const { input, history, page } = await field();
  expect(input.getAttribute('aria-expanded')).toBe('false');
  type(input, ' bourbn ');
  await waitFor(() => expect(options()).toHaveLength(5), AT_LAST);
  expect(asked.map(({ words }) => words)).toEqual(['bourbn']);
  expect(options()[0]).toContain('Bourbon one');
  expect(options()[0]).toContain('from $12.99');
  expect(options().slice(3)).toEqual(['Whiskey Spirits · Style', 'Stout Beer · Style']);
  expect(page.querySelector('search [role=status]')?.textContent).toBe(
    '5 proposals. Choose with the arrow keys.',
  );
  expect(input.getAttribute('aria-expanded')).toBe('true');
  expect(input.getAttribute('aria-controls')).toBe(screen.getByRole('listbox').id);
  press(input, 'ArrowUp');
  expect(activeOf(input)).toContain('Stout');
  press(input, 'ArrowDown');
  expect(input.hasAttribute('aria-activedescendant')).toBe(false);
  press(input, 'ArrowDown');
  press(input, 'ArrowDown');
  expect(activeOf(input)).toContain('Bourbon two');
  expect(screen.getAllByRole('option', { selected: true })).toHaveLength(1);
  expect(document.activeElement).toBe(input);
  press(input, 'Enter');
  await waitFor(() => expect(history.location.pathname).toBe('/p/p-Bourbon-two'), AT_LAST);
  expect(history.location.state).toMatchObject({ from: 'search' });
  expect(input.value).toBe('');
  expect(screen.queryByRole('listbox')).toBeNull();
});

test('a press chooses too, and a kind leads to its page', async () => {
  const { input, history } = await field();
  type(input, 'bourbon');
  await waitFor(() => expect(options()).toHaveLength(5), AT_LAST);
  expect(fireEvent.mouseDown(screen.getAllByRole('option')[3] as HTMLElement)).toBe(false);
  fireEvent.click(screen.getAllByRole('option')[3] as HTMLElement);
  await waitFor(() => expect(history.location.pathname).toBe('/c/spirits/whiskey'), AT_LAST);
});

test('Escape closes it and keeps the words; Enter without a choice looks for all', async () => {
  const { input, history } = await field();
  type(input, 'bourbon');
  await waitFor(() => expect(options()).toHaveLength(5), AT_LAST);
  expect(press(input, 'Escape')).toBe(false);
  expect(screen.queryByRole('listbox')).toBeNull();
  expect(input.value).toBe('bourbon');
  // Now it is the browser's: it empties the field.
  expect(press(input, 'Escape')).toBe(true);
  press(input, 'ArrowDown');
  await waitFor(() => expect(options()).toHaveLength(5), AT_LAST);
  press(input, 'Enter');
  fireEvent.submit(input.form as HTMLFormElement);
  await waitFor(() => expect(history.location.href).toBe('/search?q=bourbon'), AT_LAST);
  expect(screen.queryByRole('listbox')).toBeNull();
});

test('nobody asks at each letter, nor for one, and what is outdated is broken off', async () => {
  let answer: (response: Response) => void = () => undefined;
  found = (words) =>
    words === 'bo'
      ? new Promise((then) => {
          answer = then;
        })
      : json({ items: [called('Rum')], next: null });
  const { input } = await field();
  for (const text of ['b', 'bo']) type(input, text);
  await waitFor(() => expect(asked).toHaveLength(1), AT_LAST);
  expect(asked[0]?.words).toBe('bo');
  for (const text of ['r', 'ru', 'rum']) type(input, text);
  await waitFor(() => expect(options()[0]).toContain('Rum'), AT_LAST);
  expect(asked.map(({ words }) => words)).toEqual(['bo', 'rum']);
  expect(asked[0]?.signal?.aborted).toBe(true);
  answer(json({ items: shelf, next: null }));
  await new Promise((then) => setTimeout(then, 50));
  expect(options()[0]).toContain('Rum');
  type(input, 'r');
  expect(options()).toEqual([]);
});

test('nothing found is said, and a failure keeps nobody from searching', async () => {
  found = () => json({ items: [], next: null });
  const { input } = await field();
  type(input, 'xyzzy');
  expect(await screen.findByText(/Nothing sounds like “xyzzy”/, {}, AT_LAST)).toBeTruthy();
  expect(input.getAttribute('aria-expanded')).toBe('false');
  found = () => json(refused, 403);
  type(input, 'gin');
  await waitFor(() => expect(asked.at(-1)?.words).toBe('gin'), AT_LAST);
  await waitFor(() => expect(screen.queryByText(/Nothing sounds like/)).toBeNull(), AT_LAST);
  expect(screen.queryByRole('alert')).toBeNull();
});

test('letters that are still put together choose nothing', async () => {
  const { input, history } = await field();
  type(input, 'bourbon');
  await waitFor(() => expect(options()).toHaveLength(5), AT_LAST);
  press(input, 'ArrowDown');
  fireEvent.keyDown(input, { key: 'Enter', isComposing: true });
  expect(history.location.pathname).toBe('/stores');
  fireEvent.blur(input);
  expect(options()).toEqual([]);
});

test('from right to left', async () => {
  speak('he');
  await learn('shop');
  const { page } = visit('/stores');
  const input =
    page.querySelector('input[type=search]') ?? (await screen.findByRole('combobox', {}, AT_LAST));
  (input as HTMLInputElement).focus();
  await waitFor(() => expect(page.querySelector('search [role=status]')).not.toBeNull(), AT_LAST);
  type(input as HTMLInputElement, 'bourbon');
  await waitFor(() => expect(options()).toHaveLength(5), AT_LAST);
  expect(page.querySelector('search')?.textContent).not.toMatch(/proposals[.]|[{}]/);
  vi.restoreAllMocks();
  speak('en');
});
