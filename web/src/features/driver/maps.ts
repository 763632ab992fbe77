/** The phone's own maps find the way, or Google's where the house shows its map. */
import type { Schema } from '@tipple/api';
import { mapSettings } from '@/lib/settings.ts';

/** The way to a place: in the phone's own app, else on a page. */
export function mapOf({ lat, lon }: Schema<'Place'>, name = '', agent = navigator.userAgent): string {
  const at = `${lat},${lon}`;
  const called = name && `(${name})`;
  const settings = mapSettings();
  if (settings && 'google' in settings)
    return `https://www.google.com/maps/dir/?${new URLSearchParams({ api: '1', destination: at, travelmode: 'driving' })}`;
  if (/Android/.test(agent)) return `geo:${at}?q=${encodeURIComponent(at + called)}`;
  if (/iPhone|iPad|Macintosh/.test(agent))
    return `https://maps.apple.com/?${new URLSearchParams({ daddr: at, ...(name && { q: name }) })}`;
  return `https://www.openstreetmap.org/?mlat=${lat}&mlon=${lon}#map=17/${lat}/${lon}`;
}
