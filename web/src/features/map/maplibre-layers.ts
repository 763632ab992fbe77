import type { FeatureCollection, LineString, Polygon } from 'geojson';
import type { AddLayerObject, GeoJSONSource, Map as MapLibre } from 'maplibre-gl';
import { useEffect } from 'react';
import { mapSettings } from '@/lib/settings.ts';
import type { Colours } from './look.ts';
import { gridOf, type Place, ringOf, type Size, type View } from './projection.ts';
import type { Shown } from './shown.ts';

interface Told {
  shown: Shown;
  size: Size;
  view: View;
  colours: Colours;
}

type Features = FeatureCollection<LineString | Polygon>;

const at = ({ lat, lon }: Place) => [lon, lat];
const collection = (features: Features['features']): Features => ({ type: 'FeatureCollection', features });
const line = (places: Place[], colour: string): Features['features'][0] => ({
  type: 'Feature',
  properties: { colour },
  geometry: { type: 'LineString', coordinates: places.map(at) },
});
const polygon = (places: Place[], colour: string): Features['features'][0] => ({
  type: 'Feature',
  properties: { colour },
  geometry: { type: 'Polygon', coordinates: [[...places, ...places.slice(0, 1)].map(at)] },
});

const colour = ['get', 'colour'] as unknown as string;
const LAYERS: AddLayerObject[] = [
  { id: 'our-grid', type: 'line', source: 'our-grid', paint: { 'line-color': colour, 'line-width': 1 } },
  {
    id: 'our-areas',
    type: 'fill',
    source: 'our-areas',
    paint: { 'fill-color': colour, 'fill-opacity': 0.15 },
  },
  { id: 'our-edges', type: 'line', source: 'our-areas', paint: { 'line-color': colour, 'line-width': 2 } },
  {
    id: 'our-lines',
    type: 'line',
    source: 'our-lines',
    layout: { 'line-cap': 'round' },
    paint: { 'line-color': colour, 'line-width': 3, 'line-dasharray': [3, 2.4] },
  },
];

/** Keeps what is ours on the map as it is now. */
export function useLayers(map: MapLibre | undefined, { shown, size, view, colours }: Told) {
  const { lines, areas } = shown;
  const bare = mapSettings() === undefined;
  // As text, since what is the same is made anew each time.
  const grid = bare ? gridOf(view, size).map((places) => line(places, colours.hairline)) : [];
  const ours = {
    'our-grid': JSON.stringify(collection(grid)),
    'our-areas': JSON.stringify(
      collection(areas.map(({ zone, tone = 'brand' }) => polygon(ringOf(zone), colours[tone]))),
    ),
    'our-lines': JSON.stringify(
      collection(lines.map(({ through, tone = 'brand' }) => line(through, colours[tone]))),
    ),
  };
  useSource(map, 'our-grid', ours['our-grid']);
  useSource(map, 'our-areas', ours['our-areas']);
  useSource(map, 'our-lines', ours['our-lines']);
}

function useSource(map: MapLibre | undefined, name: string, text: string) {
  useEffect(() => {
    if (!map) return;
    const data = JSON.parse(text) as Features;
    const source = map.getSource<GeoJSONSource>(name);
    if (source) {
      source.setData(data);
      return;
    }
    map.addSource(name, { type: 'geojson', data });
    for (const layer of LAYERS) if ('source' in layer && layer.source === name) map.addLayer(layer);
  }, [map, name, text]);
}
