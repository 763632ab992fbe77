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
