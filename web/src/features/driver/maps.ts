/** The phone's own maps find the way. */
import type { Schema } from '@tipple/api';

/** A place on a map: in the phone's own app, else on a page. */
export function mapOf({ lat, lon }: Schema<'Place'>, name = '', agent = navigator.userAgent): string {
  const at = `${lat},${lon}`;
  const called = name && `(${name})`;
  if (/Android/.test(agent)) return `geo:${at}?q=${encodeURIComponent(at + called)}`;
  if (/iPhone|iPad|Macintosh/.test(agent))
    return `https://maps.apple.com/?${new URLSearchParams({ daddr: at, ...(name && { q: name }) })}`;
  return `https://www.openstreetmap.org/?mlat=${lat}&mlon=${lon}#map=17/${lat}/${lon}`;
}
