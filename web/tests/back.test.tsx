// @vitest-environment jsdom
/** The way back from every list: over what was chosen, not over what was typed. */
import { fireEvent, screen, waitFor, within } from '@testing-library/react';
import { beforeEach, describe, expect, test } from 'vitest';
import { AT_LAST, afresh, answering, full, long, visit } from './visit.tsx';

afresh();
beforeEach(() => {
  answering(full(long), long);
});

/** A list, by its address, and what of it is chosen, by name. */
const CHOICES: [address: string, choice: RegExp][] = [
  ['/search', /^Sort by/],
  ['/search', /^In stock now/],
  ['/search?q=gin', /^United States/],
  ['/c/wine', /^United States/],
  ['/operator/orders', /^State/],
  ['/operator/orders', /^Store/],
  ['/operator/refunds', /^State/],
  ['/operator/messages', /^State/],
  ['/operator/audit', /^Deed/],
  ['/operator/users', /^State/],
  ['/operator/age-reviews', /./],
  ['/operator/stores', /^State/],
  ['/operator/licences', /./],
  ['/operator/dead-letters', /./],
  ['/operator/live', /^Store/],
  ['/operator/zones', /^Store/],
  ['/operator/books/documents', /^Kind/],
  ['/operator/books/statements', /^Vendor/],
  ['/operator/analytics/sales', /^Store/],
  ['/operator/analytics/sales', /^90/],
  ['/vendor/analytics/sales', /^90/],
  ['/vendor/products', /./],
];

const TYPED: [address: string, field: RegExp, text: string][] = [
  ['/operator/users', /name/i, 'an'],
  ['/operator/orders', /from/i, '2026-11-02'],
  ['/operator/top-picks', /^Add a drink/, 'gi'],
  ['/operator/books/statements', /^From/, '2026-11-02'],
  ['/operator/books', /./, '2026-11-02T10:00'],
  ['/operator/analytics/sales', /^From/, '2026-11-02'],
  ['/vendor/analytics/sales', /^From/, '2026-11-02'],
  ['/vendor/payouts', /^From/, '2026-11-02'],
  ['/vendor/products', /^Search/, 'gi'],
];

const main = () => within(screen.getByRole('main'));

/** What can be chosen there: of a list another than the one that is, a box, a button that stays pressed. */
async function chosen(name: RegExp) {
  const found = await waitFor(() => {
    const one = [
      ...main().queryAllByRole('combobox', { name }),
      ...main().queryAllByRole('checkbox', { name }),
      ...main().queryAllByRole('button', { name }),
    ][0];
    const none = !one || (one instanceof HTMLSelectElement && one.options.length < 2);
    if (none) throw new Error(`nothing to choose: ${document.body.textContent}`);
    return one;
  }, AT_LAST);
  if (!(found instanceof HTMLSelectElement)) return fireEvent.click(found);
  const other = [...found.options].find(({ value }) => value !== found.value) as HTMLOptionElement;
  fireEvent.change(found, { target: { value: other.value } });
}

describe('a choice is a step', { timeout: 20_000 }, () => {
  test.each(CHOICES)('%s: %s', async (address, name) => {
    const { history } = visit(address);
    await waitFor(() => screen.getByRole('main'), AT_LAST);
    // The portal says first which store it shows.
    const named = address.startsWith('/vendor') ? 'store=' : '';
    await waitFor(() => expect(history.location.href).toContain(named), AT_LAST);
    const [first, steps] = [history.location.href, history.length];
    await chosen(name);
    await waitFor(() => expect(history.location.href).not.toBe(first), AT_LAST);
    expect(history.length).toBe(steps + 1);
    history.back();
    expect(history.location.href).toBe(first);
  });
});

describe('what is typed is none', { timeout: 20_000 }, () => {
  test.each(TYPED)('%s: %s', async (address, name, text) => {
    const { history } = visit(address);
    const field = await waitFor(
      () => main().getAllByLabelText(name, { selector: 'input' })[0] as HTMLElement,
      AT_LAST,
    );
    const [first, steps] = [history.location.href, history.length];
    fireEvent.change(field, { target: { value: text } });
    await waitFor(() => expect(history.location.href).not.toBe(first), AT_LAST);
    expect(history.length).toBe(steps);
  });
});
