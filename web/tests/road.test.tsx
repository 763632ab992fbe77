// @vitest-environment jsdom
/** The way along streets: whoever's map it is, only Google's asks for it. */

import { QueryClientProvider } from '@tanstack/react-query';
import { cleanup, renderHook, waitFor } from '@testing-library/react';
import type { ReactNode } from 'react';
import { afterEach, expect, test, vi } from 'vitest';
import { useRoad } from '@/features/map/road.ts';
import { readings } from '@/lib/reading.ts';

const { dataset } = document.documentElement;

afterEach(() => {
  cleanup();
  for (const name of Object.keys(dataset)) delete dataset[name];
});

function road(wanted: boolean, answer: object) {
  const source = vi.fn(async (_address: string) => answer);
  const client = readings(source);
  const wrapper = ({ children }: { children: ReactNode }) => (
    <QueryClientProvider client={client}>{children}</QueryClientProvider>
  );
  return { source, client, ...renderHook(() => useRoad('an-order', wanted), { wrapper }) };
}

test("on Google's map it is asked for, and nobody keeps it", async () => {
  Object.assign(dataset, { googleKey: 'the-key', googleMap: 'the-map' });
  const { source, client, result, unmount } = road(true, { google_polyline: 'abc' });
  await waitFor(() => expect(result.current).toBe('abc'));
  expect(source.mock.calls[0]?.[0]).toBe('/v1/delivery/orders/an-order/route');
  unmount();
  await waitFor(() => expect(client.getQueryCache().getAll()).toEqual([]));
});

test('where the house has none the straight line stays', async () => {
  Object.assign(dataset, { googleKey: 'the-key', googleMap: 'the-map' });
  const { source, result } = road(true, { google_polyline: null });
  await waitFor(() => expect(source).toHaveBeenCalled());
  expect(result.current).toBeUndefined();
});

test.each([{ mapStyle: 'https://tiles.example/style.json' }, {}])(
  'another map asks nobody',
  async (settings) => {
    Object.assign(dataset, settings);
    const { source, result } = road(true, { google_polyline: 'abc' });
    await new Promise((done) => setTimeout(done, 20));
    expect(source).not.toHaveBeenCalled();
    expect(result.current).toBeUndefined();
  },
);

test('nor does anybody before it is on its way', async () => {
  Object.assign(dataset, { googleKey: 'the-key', googleMap: 'the-map' });
  const { source } = road(false, { google_polyline: 'abc' });
  await new Promise((done) => setTimeout(done, 20));
  expect(source).not.toHaveBeenCalled();
});
