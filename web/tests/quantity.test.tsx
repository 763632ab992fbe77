// @vitest-environment jsdom
/** How many: by keys as well as by hand. */
import { act, cleanup, render, screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { useState } from 'react';
import { afterEach, beforeAll, expect, test } from 'vitest';
import { IfMissing } from '@/features/basket/if-missing.tsx';
import { learn, speak } from '@/lib/messages.ts';
import { Quantity } from '@/ui/quantity.tsx';

beforeAll(async () => {
  speak('en');
  await learn('basket');
  await learn('shop');
  await learn('own');
});
afterEach(cleanup);

/** Each change takes a while, which the test ends. */
let heard: () => void;
let wanted: number[] = [];

function Basket() {
  const [quantity, setQuantity] = useState(2);
  const [busy, setBusy] = useState(false);
  return (
    <Quantity
      name="Rye"
      quantity={quantity}
      busy={busy}
      change={(next) => {
        wanted.push(next);
        setBusy(true);
        heard = () => {
          setQuantity(next);
          setBusy(false);
        };
      }}
    />
  );
}

const value = () => (screen.getByRole('textbox') as HTMLInputElement).value;
const focused = () => document.activeElement;

test('what is pressed keeps the focus while the house hears of it, and can be pressed again', async () => {
  wanted = [];
  render(<Basket />);
  const more = screen.getByRole('button', { name: 'Make it 3' });
  more.focus();
  await userEvent.keyboard('{Enter}');
  expect(focused()).toBe(more);
  // Not before the first has been heard.
  await userEvent.keyboard('{Enter}');
  expect(wanted).toEqual([3]);
  act(() => heard());
  expect([value(), focused()]).toEqual(['3', more]);
  await userEvent.keyboard('{Enter}');
  expect(wanted).toEqual([3, 4]);
});

test('what is typed is taken by Enter, or as it is left, once', async () => {
  wanted = [];
  render(<Basket />);
  const field = screen.getByRole('textbox');
  await userEvent.clear(field);
  await userEvent.type(field, '6{Enter}');
  expect([wanted, focused()]).toEqual([[6], field]);
  await userEvent.tab();
  expect(wanted).toEqual([6]);
  expect(focused()?.tagName).toBe('BUTTON');
  act(() => heard());
  await userEvent.clear(field);
  await userEvent.type(field, '2');
  await userEvent.tab();
  expect(wanted).toEqual([6, 2]);
});

test('what is chosen for what is missing keeps the focus while the house hears of it', async () => {
  let chosen = '';
  const shown = (busy: boolean) => (
    <IfMissing
      name="Rye"
      wish="none"
      busy={busy}
      choose={(wish) => {
        chosen = wish;
      }}
    />
  );
  const { rerender } = render(shown(false));
  const list = screen.getByRole('combobox') as HTMLSelectElement;
  list.focus();
  await userEvent.selectOptions(list, 'best_match');
  rerender(shown(true));
  expect([chosen, list.disabled, focused() === list]).toEqual(['best_match', false, true]);
});
