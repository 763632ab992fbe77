/** The map as Google draws it, with its own signs of whose it is. */
import {
  AdvancedMarker,
  APILoadingStatus,
  APIProvider,
  ColorScheme,
  Map as Google,
  type MapCameraChangedEvent,
  type MapMouseEvent,
  Polygon,
  Polyline,
  useApiLoadingStatus,
} from '@vis.gl/react-google-maps';
import { language } from '@/lib/messages.ts';
import { mapSettings } from '@/lib/settings.ts';
import type { DrawerGiven } from './drawer.ts';
import { useColours } from './look.ts';
import { PinMark } from './pin.tsx';
import { type Place, ringOf } from './projection.ts';

/** Its world is half as wide at the same zoom. */
const HALF = 1;
const literal = ({ lat, lon }: Place) => ({ lat, lng: lon });

export default function GoogleMap(given: DrawerGiven) {
  const settings = mapSettings();
  if (!settings || !('google' in settings)) return null;
  return (
    <APIProvider
      apiKey={settings.google.key}
      language={language()}
      authReferrerPolicy="origin"
      solutionChannel=""
      disableUsageAttribution
    >
      <Drawn {...given} id={settings.google.id} />
    </APIProvider>
  );
}

function Drawn({ id, shown, view, moved, choose, pick, ready }: DrawerGiven & { id: string }) {
  const status = useApiLoadingStatus();
  const colours = useColours();
  if (status === APILoadingStatus.FAILED || status === APILoadingStatus.AUTH_FAILURE)
    throw new Error('Google does not give its map');
  const move = ({ detail }: MapCameraChangedEvent) => {
    const next = {
      centre: { lat: detail.center.lat, lon: detail.center.lng },
      zoom: detail.zoom - HALF,
    };
    const far = (a: number, b: number) => Math.abs(a - b) > 1e-6;
    // It tells of what it was told, too.
    if (
      far(next.centre.lat, view.centre.lat) ||
      far(next.centre.lon, view.centre.lon) ||
      far(next.zoom, view.zoom)
    )
      moved(next);
  };
  const press = ({ detail: { latLng } }: MapMouseEvent) =>
    latLng && pick?.({ lat: latLng.lat, lon: latLng.lng });
  return (
    <Google
      // Light or dark is for its whole life.
      key={String(colours.dark)}
      mapId={id}
      center={literal(view.centre)}
      zoom={view.zoom + HALF}
      colorScheme={colours.dark ? ColorScheme.DARK : ColorScheme.LIGHT}
      disableDefaultUI
      clickableIcons={false}
      isFractionalZoomEnabled
      keyboardShortcuts={false}
      gestureHandling="cooperative"
      onCameraChanged={move}
      onClick={press}
      onTilesLoaded={ready}
    >
      {shown.areas.map(({ key, zone, tone = 'brand' }) => (
        <Polygon
          key={key}
          paths={ringOf(zone).map(literal)}
          strokeColor={colours[tone]}
          strokeWeight={2}
          fillColor={colours[tone]}
          fillOpacity={0.15}
          clickable={false}
        />
      ))}
      {shown.lines.map(({ key, through, road, tone = 'brand' }) => (
        <Polyline
          // It forgets neither a path nor an encoded one that it once had.
          key={road ? `${key} road` : key}
          {...(road ? { encodedPath: road } : { path: through.map(literal) })}
          strokeColor={colours[tone]}
          strokeWeight={3}
          clickable={false}
        />
      ))}
      {shown.pins.map((pin) => (
        <AdvancedMarker
          key={pin.key}
          position={literal(pin.place)}
          title={pin.label}
          anchorLeft="0px"
          anchorTop="0px"
          onClick={choose && (() => choose(pin.key))}
        >
          <div className="size-0">
            <PinMark pin={pin} />
          </div>
        </AdvancedMarker>
      ))}
    </Google>
  );
}
