// @vitest-environment jsdom
import { act, cleanup, fireEvent, render, screen } from '@testing-library/react';
import { afterEach, beforeAll, expect, test, vi } from 'vitest';
import { MapView } from '@/features/map/map-view.tsx';
import type { Pin } from '@/features/map/shown.ts';
import { learn, speak } from '@/lib/messages.ts';

beforeAll(async () => {
  speak('en');
  await learn('map');
});
afterEach(() => {
  cleanup();
  vi.useRealTimers();
});

const door = { lat: 41.5873, lon: -93.624 };
const pins: Pin[] = [
  {
    key: 'store',
    kind: 'store',
    label: 'Copper Finch',
    place: { lat: 41.5912, lon: -93.6036 },
    note: '1 E 5th St',
  },
  { key: 'door', kind: 'door', label: 'Your door', place: door },
];
// By its label alone: what roles everything has takes long to find out.
const map = () => screen.getByLabelText('A map');
const press = (label: string) => fireEvent.click(screen.getByLabelText(label));
const key = (name: string) => fireEvent.keyDown(map(), { key: name });

test('it is drawn without WebGL, and all of it is said in words', () => {
  const zone = { shape: 'radius' as const, centre: door, metres: 6500 };
  const { container } = render(
    <MapView
      label="A map"
      pins={pins}
      lines={[{ key: 'way', label: 'The way', through: pins.map(({ place }) => place) }]}
      areas={[{ key: 'zone', label: 'Where it delivers', zone }]}
    />,
  );
  expect(map().querySelectorAll('path[stroke-dasharray]')).toHaveLength(1);
  expect(container.querySelectorAll('canvas')).toHaveLength(0);
  expect(screen.getAllByRole('listitem', { hidden: true }).map(({ textContent }) => textContent)).toEqual([
    'Store: Copper Finch, 1 E 5th St',
    'Door: Your door',
    'The way',
    'Where it delivers: up to 6.5 km from its centre',
  ]);
});

test('keys and buttons move it, and show all again', () => {
  render(<MapView label="A map" pins={pins} />);
  const pin = () => (map().querySelector('.size-0') as HTMLElement).style.left;
  const first = pin();
  key('ArrowRight');
  expect(Number.parseFloat(pin())).toBeCloseTo(Number.parseFloat(first) - 80);
  key('0');
  expect(pin()).toBe(first);
  press('Nearer');
  expect(pin()).not.toBe(first);
  press('Show all');
  expect(pin()).toBe(first);
});

test('a place is taken by a press, and by Enter under the cross', () => {
  const pick = vi.fn();
  render(<MapView label="A map" pins={pins} pick={pick} />);
  fireEvent.click(map().querySelector('[aria-hidden="true"].absolute') as Element, {
    clientX: 10,
    clientY: 20,
  });
  expect(pick.mock.lastCall?.[0].lat).toBeGreaterThan(41);
  key('ArrowUp');
  key('Enter');
  expect(pick).toHaveBeenCalledTimes(2);
  expect(pick.mock.lastCall?.[0].lon).toBeCloseTo((-93.624 - 93.6036) / 2, 4);
});

test('who chooses in the list has chosen', () => {
  const choose = vi.fn();
  render(<MapView label="A map" pins={pins} choose={choose} />);
  const entries = [...document.querySelectorAll('details button')];
  fireEvent.click(entries.find(({ textContent }) => textContent === 'Door: Your door') as Element);
  expect(choose).toHaveBeenCalledWith('door');
});

test('what moves is read out once a minute at most, the newest', () => {
  vi.useFakeTimers();
  const { rerender } = render(<MapView label="A map" news="3 km" />);
  for (const news of ['2 km', '1 km']) rerender(<MapView label="A map" news={news} />);
  expect(screen.getByRole('status').textContent).toBe('3 km');
  act(() => {
    vi.advanceTimersByTime(60_000);
  });
  expect(screen.getByRole('status').textContent).toBe('1 km');
});
