import { getRouteApi } from '@tanstack/react-router';
import { titleOf } from './requests.ts';
import { Results } from './results.tsx';

const route = getRouteApi('/shop/search');

/** What was searched for, wherever it stands. */
export function Page(): React.ReactNode {
  const chosen = route.useSearch();
  return <Results title={titleOf(chosen)} chosen={chosen} />;
}
