import { getRouteApi } from '@tanstack/react-router';
import { categoryName } from '@/ui/category-name.ts';
import { Results } from './results.tsx';

const route = getRouteApi('/shop/c/$');

/** Drinks of one kind. */
export function Page(): React.ReactNode {
  const { _splat: path = '' } = route.useParams();
  return <Results title={categoryName(path)} category={path} chosen={route.useSearch()} />;
}
