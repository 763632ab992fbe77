/** `Firefox, Windows` from how a browser names itself; as it is where that is something else. */

// The first that fits: most browsers also name those that they descend from.
const BROWSERS = [
  ['Edg', 'Edge'],
  ['OPR', 'Opera'],
  ['SamsungBrowser', 'Samsung Internet'],
  ['Firefox', 'Firefox'],
  ['Chrome', 'Chrome'],
  ['Safari', 'Safari'],
];
const SYSTEMS = [
  ['Android', 'Android'],
  ['iPhone', 'iPhone'],
  ['iPad', 'iPad'],
  ['Windows', 'Windows'],
  ['Mac OS X', 'Mac'],
  ['CrOS', 'ChromeOS'],
  ['Linux', 'Linux'],
];

export function deviceName(named: string): string {
  const among = (list: string[][]) => list.find(([mark]) => mark && named.includes(mark))?.[1];
  const parts = [among(BROWSERS), among(SYSTEMS)].filter(Boolean);
  return parts.length > 0 ? parts.join(', ') : named;
}
