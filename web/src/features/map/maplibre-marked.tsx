import { type Map as MapLibre, Marker } from 'maplibre-gl';
import { useEffect, useState } from 'react';
import { createPortal } from 'react-dom';
import { PinMark } from './pin.tsx';
import type { Pin } from './shown.ts';

/** A pin of ours on MapLibre's map, which keeps it in its place. */
export function Marked({ map, pin, choose }: { map: MapLibre; pin: Pin; choose?: (key: string) => void }) {
  const [marker] = useState(() => {
    const element = document.createElement('div');
    element.className = 'size-0';
    element.ariaHidden = 'true';
    return new Marker({ element }).setLngLat([pin.place.lon, pin.place.lat]);
  });
  useEffect(() => {
    marker.addTo(map);
    return () => {
      marker.remove();
    };
  }, [marker, map]);
  const { lat, lon } = pin.place;
  useEffect(() => {
    marker.setLngLat([lon, lat]);
  }, [marker, lat, lon]);
  return createPortal(<PinMark pin={pin} choose={choose} />, marker.getElement());
}
