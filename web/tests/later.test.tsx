// @vitest-environment jsdom
/** A part that comes later keeps its place, and says so when it cannot be fetched; nothing around it goes. */
import { cleanup, fireEvent, render, screen, waitFor } from '@testing-library/react';
import { useState } from 'react';
import { afterEach, beforeAll, expect, test, vi } from 'vitest';
import { MapRoom } from '@/features/map/room.tsx';
import { part } from '@/lib/lazily.ts';
import { learn, speak } from '@/lib/messages.ts';
import { Later } from '@/ui/later.tsx';
import { Bar } from '@/ui/waiting.tsx';

beforeAll(async () => {
  speak('en');
  await learn('shop');
});
afterEach(() => {
  cleanup();
  vi.restoreAllMocks();
});

const again = { name: 'Try again' };
const reload = { name: 'Load the page anew' };

/** A part that comes as soon as there is a network, and how often it was asked for. */
function fetched() {
  const house = { network: false, asked: 0 };
  const Part = part<{ name: string }>(async () => {
    house.asked++;
    if (!house.network) throw new TypeError('Failed to fetch dynamically imported module');
    return { Page: Counting };
  });
  return { house, Part };
}

function Counting({ name }: { name: string }) {
  const [times, setTimes] = useState(0);
  return (
    <button type="button" onClick={() => setTimes(times + 1)}>
      {name} {times}
    </button>
  );
}

test('what cannot be fetched says so, and is fetched anew; what was typed beside it stays', async () => {
  vi.spyOn(console, 'error').mockReturnValue();
  const { house, Part } = fetched();
  render(
    <>
      <input aria-label="typed" />
      <Later room={<Bar />}>
        <Part name="here" />
      </Later>
    </>,
  );
  const typed = screen.getByLabelText<HTMLInputElement>('typed');
  typed.value = 'by hand';
  expect((await screen.findByRole('alert')).textContent).toContain('This part could not be fetched.');
  house.network = true;
  fireEvent.click(screen.getByRole('button', again));
  expect(await screen.findByText('here 0')).toBeTruthy();
  expect(screen.queryByRole('alert')).toBeNull();
  expect([house.asked, typed.isConnected, typed.value]).toEqual([2, true, 'by hand']);
});

test('where that does not help the page can be loaded anew', async () => {
  vi.spyOn(console, 'error').mockReturnValue();
  const { house, Part } = fetched();
  render(
    <Later room={null}>
      <Part name="here" />
    </Later>,
  );
  fireEvent.click(await screen.findByRole('button', again));
  expect(await screen.findByRole('button', reload)).toBeTruthy();
  expect(screen.queryByRole('button', again)).toBeNull();
  expect(house.asked).toBe(2);
});

test('what came meanwhile elsewhere stays as it is', async () => {
  vi.spyOn(console, 'error').mockReturnValue();
  const { house, Part } = fetched();
  render(
    ['one', 'other'].map((name) => (
      <Later key={name} room={null}>
        <Part name={name} />
      </Later>
    )),
  );
  await waitFor(() => expect(screen.getAllByRole('button', again)).toHaveLength(2));
  house.network = true;
  fireEvent.click(screen.getAllByRole('button', again)[0] as HTMLElement);
  fireEvent.click(await screen.findByText('one 0'));
  fireEvent.click(screen.getByRole('button', again));
  expect(await screen.findByText('other 0')).toBeTruthy();
  expect(screen.getByText('one 1')).toBeTruthy();
  expect(house.asked).toBe(2);
});

test.each([
  ['a bar', <Bar key="bar" />],
  ['the place of a map', <MapRoom key="map" />],
])('%s says that it waits', (_, room) => {
  const Never = part<object>(() => new Promise(() => {}));
  const { container } = render(
    <Later room={room}>
      <Never />
    </Later>,
  );
  expect(container.querySelector('[aria-busy=true]')).not.toBeNull();
});
