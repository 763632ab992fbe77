// @vitest-environment jsdom
/** The map that moves is fetched when somebody reaches for it, as far as there is a network. */
import { act, fireEvent, render, screen, waitFor } from '@testing-library/react';
import { beforeAll, expect, test, vi } from 'vitest';
import { MapView } from '@/features/map/map-view.tsx';
import { learn, speak } from '@/lib/messages.ts';

vi.mock('@/features/map/maplibre-map.tsx', () => ({ default: () => <p>It moves.</p> }));

beforeAll(async () => {
  speak('en');
  await learn('map');
  vi.spyOn(HTMLCanvasElement.prototype, 'getContext').mockReturnValue({} as never);
});

test('without a network the drawing stays, nothing is left of the attempt, and it is tried again', async () => {
  const complained = vi.spyOn(console, 'error');
  const append = document.head.append.bind(document.head);
  let network = false;
  let asked = 0;
  vi.spyOn(document.head, 'append').mockImplementation((...nodes) => {
    append(...nodes);
    const link = nodes.find((node): node is HTMLLinkElement => node instanceof HTMLLinkElement);
    if (!link) return;
    asked++;
    queueMicrotask(() => (network ? link.onload?.(new Event('load')) : link.onerror?.(new Event('error'))));
  });
  const rules = () => document.head.querySelectorAll('link[rel="stylesheet"]').length;

  render(<MapView label="A map" pins={[]} />);
  const map = screen.getByLabelText('A map');
  expect(asked).toBe(0);
  fireEvent.pointerEnter(map);
  await waitFor(() => expect(asked).toBe(1));
  await waitFor(() => expect(rules()).toBe(0));
  expect(map.querySelector('svg path.stroke-hairline')).not.toBeNull();
  expect(screen.queryByText('It moves.')).toBeNull();
  expect(complained).not.toHaveBeenCalled();

  network = true;
  act(() => void window.dispatchEvent(new Event('online')));
  expect(await screen.findByText('It moves.')).toBeTruthy();
  expect([asked, rules()]).toEqual([2, 1]);
  // The next map finds the rules there.
  render(<MapView label="Another" pins={[]} />);
  fireEvent.pointerEnter(screen.getByLabelText('Another'));
  await waitFor(() => expect(screen.getAllByText('It moves.')).toHaveLength(2));
  expect([asked, rules()]).toEqual([2, 1]);
});
