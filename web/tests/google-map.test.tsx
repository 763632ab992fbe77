// @vitest-environment jsdom
/** Google's map, with a stand-in for Google's script: what it is asked for, and what it is told. */

import { act, cleanup, fireEvent, render, screen, waitFor } from '@testing-library/react';
import { __resetModuleState } from '@vis.gl/react-google-maps';
import { afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { MapView } from '@/features/map/map-view.tsx';
import type { Pin } from '@/features/map/shown.ts';
import { learn, speak } from '@/lib/messages.ts';

const door = { lat: 41.5873, lon: -93.624 };
const pins: Pin[] = [
  { key: 'store', kind: 'store', label: 'Copper Finch', place: { lat: 41.5912, lon: -93.6036 } },
  { key: 'door', kind: 'door', label: 'Your door', place: door },
];

type Listener = (event?: unknown) => void;

/** What Google's things have in common: options, events, and that they remember what they were told. */
class Thing {
  static all: Thing[] = [];
  listeners: Record<string, Listener[]> = {};
  constructor(public options: Record<string, unknown> = {}) {
    Thing.all.push(this);
  }
  setOptions(options: Record<string, unknown>) {
    Object.assign(this.options, options);
  }
  addListener(name: string, listener: Listener) {
    this.listeners[name] = [...(this.listeners[name] ?? []), listener];
    return { remove() {} };
  }
  tell(name: string, event?: unknown) {
    for (const listener of this.listeners[name] ?? []) listener(event);
  }
  setMap() {}
  setPath(path: unknown) {
    this.options.path = path;
  }
  setPaths() {}
  getPath = () => ({ forEach() {}, getArray: () => [], getLength: () => 0 });
  getPaths = this.getPath;
  set(name: string, value: unknown) {
    this.options[name] = value;
  }
}

class StandInMap extends Thing {
  constructor(element: HTMLElement, options: Record<string, unknown>) {
    super(options);
    this.options.element = element;
  }
  getDiv = () => this.options.element;
  getCenter = () => ({ ...(this.options.center as object), toJSON: () => this.options.center });
  getZoom = () => this.options.zoom;
  getHeading = () => 0;
  getTilt = () => 0;
  getBounds = () => ({ toJSON: () => ({ north: 1, south: 0, east: 1, west: 0 }) });
  getMapTypeId = () => 'roadmap';
  getRenderingType = () => 'RASTER';
  getMapCapabilities = () => ({ isAdvancedMarkersAvailable: true });
  moveCamera(camera: Record<string, unknown>) {
    this.setOptions(camera);
    this.tell('bounds_changed');
  }
  override setMap() {}
}

class StandInMarker extends HTMLElement {}
customElements.define('stand-in-marker', StandInMarker);

/** Answers for Google when its script is asked for. */
function google(works: boolean) {
  const asked: URL[] = [];
  const append = document.head.append.bind(document.head);
  vi.spyOn(document.head, 'append').mockImplementation((...nodes) => {
    const script = nodes.find((node): node is HTMLScriptElement => node instanceof HTMLScriptElement);
    if (!script) return append(...nodes);
    asked.push(new URL(script.src));
    const maps = (window as never as { google: { maps: Record<string, unknown> } }).google.maps;
    if (!works) return void script.onerror?.(new Event('error'));
    Object.assign(maps, {
      version: '3.65.0',
      Map: StandInMap,
      Polygon: Thing,
      Polyline: Thing,
      MVCArray: class {},
      ColorScheme: { LIGHT: 'LIGHT', DARK: 'DARK' },
      event: {
        addListener: (thing: Thing, name: string, listener: Listener) => thing.addListener?.(name, listener),
        clearInstanceListeners: () => {},
        trigger: () => {},
      },
      marker: { AdvancedMarkerElement: StandInMarker },
      encoding: { decodePath: (encoded: string) => [{ decoded: encoded }] },
      Settings: { getInstance: () => ({}) },
      importLibrary: async (name: string) => (name === 'marker' ? maps.marker : maps),
    });
    (maps.__ib__ as () => void)();
  });
  return asked;
}

beforeAll(async () => {
  speak('en');
  await learn('map');
  vi.stubGlobal('matchMedia', () => ({ addEventListener() {}, removeEventListener() {} }));
});
beforeEach(() => {
  Object.assign(document.documentElement.dataset, { googleKey: 'the-key', googleMap: 'the-map' });
  vi.stubGlobal(
    'IntersectionObserver',
    class {
      constructor(private seen: (entries: object[]) => void) {}
      observe() {
        this.seen([{ isIntersecting: true }]);
      }
      disconnect() {}
    },
  );
});
afterEach(() => {
  cleanup();
  vi.restoreAllMocks();
  __resetModuleState();
  Thing.all = [];
});

// First, since the loader asks again only until it was answered.
test('where Google does not give it, ours stays', async () => {
  const asked = google(false);
  vi.spyOn(console, 'error').mockImplementation(() => {});
  render(<MapView label="A map" pins={pins} />);
  await waitFor(() => expect(asked).toHaveLength(1));
  expect(screen.getByLabelText('A map').querySelectorAll('svg').length).toBeGreaterThan(0);
  expect(screen.getByLabelText('A map').textContent).toContain('Your door');
});

test("it is asked for with the key, in the reader's language, and told what is shown", async () => {
  const asked = google(true);
  const pick = vi.fn();
  render(
    <MapView
      label="A map"
      pins={pins}
      lines={[{ key: 'way', label: 'The way', through: pins.map(({ place }) => place) }]}
      areas={[{ key: 'zone', label: 'Zone', zone: { shape: 'radius', centre: door, metres: 2000 } }]}
      pick={pick}
    />,
  );
  // Until Google's is there, ours is.
  expect(screen.getByLabelText('A map').querySelector('path[stroke-dasharray]')).not.toBeNull();
  const map = await waitFor(() => {
    const found = Thing.all.find((thing) => thing instanceof StandInMap);
    if (!found) throw new Error('no map yet');
    return found;
  });
  expect(asked).toHaveLength(1);
  expect(asked[0]?.origin).toBe('https://maps.googleapis.com');
  expect(asked[0]?.searchParams.get('key')).toBe('the-key');
  expect(asked[0]?.searchParams.get('language')).toBe('en');
  expect(map.options).toMatchObject({
    mapId: 'the-map',
    disableDefaultUI: true,
    gestureHandling: 'cooperative',
  });
  const shapes = () => Thing.all.filter((thing) => !(thing instanceof StandInMap));
  await waitFor(() => expect(shapes().length).toBeGreaterThanOrEqual(2));
  act(() => map.tell('tilesloaded'));
  expect(screen.getByLabelText('A map').querySelector('path[stroke-dasharray]')).toBeNull();
  act(() =>
    map.tell('click', {
      latLng: { lat: () => 41.5, lng: () => -93.5, toJSON: () => ({ lat: 41.5, lng: -93.5 }) },
      stop() {},
    }),
  );
  expect(pick).toHaveBeenCalledWith({ lat: 41.5, lon: -93.5 });
  const zoom = Number(map.options.zoom);
  fireEvent.click(screen.getByLabelText('Nearer'));
  await waitFor(() => expect(map.options.zoom).toBe(zoom + 1));
});

test("the way along streets is drawn on Google's map, and on ours the straight line stays", async () => {
  google(true);
  const road = '_p~iF~ps|U_ulLnnqC';
  const through = pins.map(({ place }) => place);
  render(<MapView label="A map" pins={pins} lines={[{ key: 'way', label: 'The way', through, road }]} />);
  const ours = screen.getByLabelText('A map').querySelector('path[stroke-dasharray]');
  expect(ours?.getAttribute('d')?.split('L')).toHaveLength(2);
  const paths = () => Thing.all.map(({ options }) => options.path).filter(Boolean);
  await waitFor(() => expect(paths()).toEqual([[{ decoded: road }]]));
});
