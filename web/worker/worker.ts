/** Keeps what pages were made of, so that they open without a network: a driver's most of all. */
const worker = self as unknown as ServiceWorkerGlobalScope;

const KEPT = 'site';
/** What comes where no page can be fetched; its script then goes on as the page at that address. */
const OFFLINE = '/offline';
/** A driver's page: as it comes for all of them, and what makes an app of it. Kept where one has been. */
const DRIVER = '/driver';
const APP = ['/driver.webmanifest', '/driver-icon.svg', '/driver-icon-192.png', '/driver-icon-512.png'];
/** Files beyond so many make room, the oldest first: they change their names with each build. */
const MOST = 200;

worker.addEventListener('install', (event) => {
  event.waitUntil(caches.open(KEPT).then((kept) => kept.add(OFFLINE)));
});

worker.addEventListener('activate', (event) => {
  event.waitUntil(worker.clients.claim());
});

// A page says what it has loaded, of which the first came before anybody kept it.
worker.addEventListener('message', (event) => {
  if (!Array.isArray(event.data)) return;
  const from = event.source instanceof WindowClient ? event.source.url : OFFLINE;
  event.waitUntil(keep(event.data.filter(isFile), isDrivers(from) ? [DRIVER, ...APP] : []));
});

worker.addEventListener('fetch', (event) => {
  const { request } = event;
  if (request.method !== 'GET') return;
  if (request.mode === 'navigate') event.respondWith(page(request));
  else if (isFile(request.url)) event.respondWith(file(request));
  else if (APP.includes(new URL(request.url).pathname)) event.respondWith(orKept(request, request.url));
});

/** Whether it is a page of the driver's. */
function isDrivers(address: string) {
  const { pathname } = new URL(address, worker.location.origin);
  return pathname === DRIVER || pathname.startsWith(`${DRIVER}/`);
}

/** Whether it is a file of the web app whose name changes with what is in it. */
function isFile(address: string) {
  const { origin, pathname } = new URL(address);
  return origin === worker.location.origin && pathname.startsWith('/assets/');
}

function page(request: Request) {
  return orKept(request, ...(isDrivers(request.url) ? [DRIVER] : []), OFFLINE);
}

/** What the house gives; without a network the first of these that is kept. */
async function orKept(request: Request, ...others: string[]) {
  try {
    return await fetch(request);
  } catch (error) {
    for (const other of others) {
      const kept = await caches.match(other);
      if (kept) return kept;
    }
    throw error;
  }
}

async function file(request: Request) {
  const kept = await caches.match(request.url);
  if (kept) return kept;
  const fresh = await fetch(request);
  if (fresh.ok) {
    const cache = await caches.open(KEPT);
    await cache.put(request.url, fresh.clone());
  }
  return fresh;
}

async function keep(files: string[], more: string[]) {
  const cache = await caches.open(KEPT);
  // Pages name the files of the newest build.
  const anew = (one: string) => cache.add(new Request(one, { cache: 'no-cache' }));
  await anew(OFFLINE);
  await Promise.allSettled(more.map(anew));
  for (const address of files) {
    if (!(await cache.match(address))) await cache.add(address);
  }
  const all = (await cache.keys()).filter(({ url }) => isFile(url));
  const wanted = new Set(files);
  const spare = all.filter(({ url }) => !wanted.has(url)).slice(0, Math.max(0, all.length - MOST));
  await Promise.all(spare.map((one) => cache.delete(one)));
}

export {};
