// @vitest-environment jsdom
import { cleanup, render, screen, waitFor } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { useState } from 'react';
import { afterEach, beforeAll, expect, test } from 'vitest';
import { Cell } from '@/features/vendor/products/cell.tsx';
import { Overtaken } from '@/features/vendor/products/changes.ts';
import { learn, speak } from '@/lib/messages.ts';

beforeAll(async () => {
  speak('en');
  await Promise.all([learn('shop'), learn('own'), learn('vendor')]);
});
afterEach(cleanup);

/** Two prices, one below the other; others may have been faster. */
function Prices({ sent, faster }: { sent: string[]; faster?: () => string | undefined }) {
  const [prices, setPrices] = useState<Record<string, string>>({ Gin: '10.00', Rum: '12.00' });
  return Object.entries(prices).map(([name, value]) => (
    <Cell
      key={name}
      column="price"
      label={name}
      value={value}
      valid={(text) => /^\d+(\.\d\d)?$/.test(text)}
      save={async (text) => {
        const theirs = faster?.();
        setPrices((all) => ({ ...all, [name]: theirs ?? text }));
        if (theirs) throw new Overtaken();
        sent.push(`${name} ${text}`);
      }}
    />
  ));
}

const field = (name: string) => screen.getByLabelText<HTMLInputElement>(name);

test('Enter saves once and goes on to the one below', async () => {
  const sent: string[] = [];
  render(<Prices sent={sent} />);
  await userEvent.click(field('Gin'));
  await userEvent.keyboard('11.50{Enter}13.50{Enter}');
  await waitFor(() => expect(sent).toEqual(['Gin 11.50', 'Rum 13.50']));
  expect(document.activeElement).toBe(field('Rum'));
});

test('what cannot be set is not sent, and stays to be mended; Escape drops it', async () => {
  const sent: string[] = [];
  render(<Prices sent={sent} />);
  await userEvent.click(field('Rum'));
  await userEvent.keyboard('a lot{Enter}');
  expect(field('Rum').value).toBe('a lot');
  expect(screen.getByText(/This cannot be set/)).toBeTruthy();
  await userEvent.keyboard('{Escape}');
  expect(field('Rum').value).toBe('12.00');
  await userEvent.tab();
  expect(sent).toEqual([]);
});

test('who was slower is told of the faster, and decides', async () => {
  const sent: string[] = [];
  const others = ['9.00'];
  render(<Prices sent={sent} faster={() => others.pop()} />);
  await userEvent.click(field('Rum'));
  await userEvent.keyboard('8.00{Enter}');
  await screen.findByText(/Somebody else set it to 9.00/);
  expect(field('Rum').value).toBe('8.00');
  await userEvent.keyboard('{Enter}');
  await waitFor(() => expect(sent).toEqual(['Rum 8.00']));
});
