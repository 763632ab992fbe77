/** Where the browser begins: it goes on from the page that the house has written. */
import '@fontsource-variable/figtree';
import './site.css';
import { type AnyRoute, createBrowserHistory } from '@tanstack/react-router';
import { StrictMode } from 'react';
import { createRoot, hydrateRoot } from 'react-dom/client';
import { tellComing } from './lib/coming.ts';
import { headOf } from './lib/head.ts';
import { type Language, learn, speak } from './lib/messages.ts';
import { keepPages } from './lib/offline.ts';
import { givenFirst, overNetwork, readings } from './lib/reading.ts';
import { told } from './lib/session.ts';
import { showTheme } from './lib/theme.ts';
import { pagesFrom } from './pages.ts';
import { routerOf } from './router.tsx';
import { Site } from './site.tsx';

async function begin() {
  const page = document.documentElement;
  showTheme();
  speak(page.lang as Language, page.dataset.locale);
  const learnt = learn('shop');
  const given = document.getElementById('given')?.textContent;
  const source = givenFirst(given ? JSON.parse(given) : {}, overNetwork);
  const known = readings(source);
  const pages = await pagesFrom(location.pathname);
  const router = routerOf(pages, known, createBrowserHistory());
  // What the house has written stands in no boundary that waits, so what goes on from it must not either.
  if (given) router.ssr = { manifest: undefined };
  told.over = () => void router.invalidate();
  told.other = () => {
    // What was read for one is not shown to the other.
    known.removeQueries({ type: 'inactive' });
    void known.invalidateQueries();
  };
  router.subscribe('onResolved', ({ pathChanged, fromLocation }) => {
    document.title = headOf(router.state.matches).title;
    // Who does not see it hears that there is another page.
    if (pathChanged && fromLocation) document.getElementById('content')?.focus({ preventScroll: true });
  });
  // What the page is made of comes while it is found out who is asking.
  const routes: Record<string, AnyRoute> = router.routesById;
  for (const { routeId } of router.matchRoutes(router.latestLocation)) {
    const route = routes[routeId];
    // What cannot be fetched is asked for once more when the page is shown.
    if (route) router.loadRouteChunk(route)?.catch(() => undefined);
  }
  await learnt;
  await router.load();
  tellComing(router);
  const site = document.getElementById('site') as HTMLElement;
  const app = (
    <StrictMode>
      <Site router={router} known={known} />
    </StrictMode>
  );
  if (given) hydrateRoot(site, app);
  else createRoot(site).render(app);
  keepPages();
}

begin();
