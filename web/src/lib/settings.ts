/** What the operator has set for the pages, as the house writes it on them. */

/** Whose map is shown: Google's, one by a style's address, or none beneath what is ours. */
export type MapSettings = { google: { key: string; id: string } } | { style: string } | undefined;

export function mapSettings({ dataset } = document.documentElement): MapSettings {
  const { mapStyle, googleKey, googleMap } = dataset;
  if (googleKey && googleMap) return { google: { key: googleKey, id: googleMap } };
  return mapStyle ? { style: mapStyle } : undefined;
}
