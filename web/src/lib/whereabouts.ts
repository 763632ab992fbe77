/** Where this device is, once its person lets it say so. */
export function here(): Promise<{ lat: number; lon: number }> {
  return new Promise((found, failed) => {
    if (!('geolocation' in navigator)) failed(new Error('no geolocation'));
    navigator.geolocation.getCurrentPosition(
      ({ coords }) => found({ lat: coords.latitude, lon: coords.longitude }),
      failed,
      { timeout: 15_000 },
    );
  });
}
