/** The map as MapLibre draws it: over the style that is set, or over nothing but a grid. */
import { Map as MapLibre, type StyleSpecification, setWorkerUrl } from 'maplibre-gl';
import worker from 'maplibre-gl/dist/maplibre-gl-worker.mjs?worker&url';
import { useEffect, useEffectEvent, useRef, useState } from 'react';
import { t } from '@/lib/messages.ts';
import { mapSettings } from '@/lib/settings.ts';
import type { DrawerGiven } from './drawer.ts';
import { useColours } from './look.ts';
import { useLayers } from './maplibre-layers.ts';
import { Marked } from './maplibre-marked.tsx';
import { LEAST_ZOOM, MOST_ZOOM, type View } from './projection.ts';

setWorkerUrl(worker);

const EMPTY: StyleSpecification = { version: 8, sources: {}, layers: [] };

export default function MapLibreMap({ shown, size, view, moved, choose, pick, ready }: DrawerGiven) {
  const container = useRef<HTMLDivElement>(null);
  const colours = useColours();
  const [map, setMap] = useState<MapLibre>();
  const make = useEffectEvent((element: HTMLDivElement) => mapIn(element, view));
  const move = useEffectEvent((made: MapLibre) => moved(viewOf(made)));
  const press = useEffectEvent((lat: number, lon: number) => pick?.({ lat, lon }));
  const begin = useEffectEvent((made: MapLibre) => {
    setMap(made);
    ready();
  });
  useEffect(() => {
    const made = make(container.current as HTMLDivElement);
    made.on('move', (event) => {
      if ('originalEvent' in event && event.originalEvent) move(made);
    });
    made.on('click', ({ lngLat }) => press(lngLat.lat, lngLat.lng));
    made.once('style.load', () => begin(made));
    return () => made.remove();
  }, []);
  useEffect(() => {
    if (!map || same(viewOf(map), view)) return;
    const { centre, zoom } = view;
    map.easeTo({ center: [centre.lon, centre.lat], zoom, duration: 300 });
  }, [map, view]);
  useLayers(map, { shown, size, view, colours });
  return (
    <div ref={container} className={`size-full ${pick ? '[&_canvas]:cursor-crosshair' : ''}`}>
      {map && shown.pins.map((pin) => <Marked key={pin.key} map={map} pin={pin} choose={choose} />)}
    </div>
  );
}

function mapIn(container: HTMLDivElement, { centre, zoom }: View): MapLibre {
  const settings = mapSettings();
  const style = settings && 'style' in settings ? settings.style : undefined;
  const map = new MapLibre({
    container,
    style: style ?? EMPTY,
    center: [centre.lon, centre.lat],
    zoom,
    minZoom: LEAST_ZOOM,
    maxZoom: MOST_ZOOM,
    renderWorldCopies: false,
    dragRotate: false,
    touchPitch: false,
    // The page's own keys and buttons move it, so that they are the same whoever draws it.
    keyboard: false,
    cooperativeGestures: true,
    attributionControl: style ? { compact: false } : false,
    locale: {
      'AttributionControl.ToggleAttribution': t('map.attribution'),
      'CooperativeGesturesHandler.WindowsHelpText': t('map.scroll'),
      'CooperativeGesturesHandler.MacHelpText': t('map.scroll.mac'),
      'CooperativeGesturesHandler.MobileHelpText': t('map.touch'),
    },
  });
  map.touchZoomRotate.disableRotation();
  const canvas = map.getCanvas();
  canvas.tabIndex = -1;
  canvas.ariaHidden = 'true';
  canvas.removeAttribute('role');
  canvas.removeAttribute('aria-label');
  return map;
}

function viewOf(map: MapLibre): View {
  const { lat, lng } = map.getCenter();
  return { centre: { lat, lon: lng }, zoom: map.getZoom() };
}

function same(one: View, other: View): boolean {
  const near = (a: number, b: number) => Math.abs(a - b) < 1e-7;
  return (
    near(one.centre.lat, other.centre.lat) &&
    near(one.centre.lon, other.centre.lon) &&
    Math.abs(one.zoom - other.zoom) < 1e-4
  );
}
