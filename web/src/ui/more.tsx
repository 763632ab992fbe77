import { t } from '@/lib/messages.ts';
import { secondary } from './button.ts';
import { Said } from './said.tsx';

interface Shown {
  list: {
    hasNextPage: boolean;
    isFetchingNextPage: boolean;
    isFetchNextPageError: boolean;
    error: Error | null;
    fetchNextPage: () => unknown;
    refetch: () => unknown;
  };
  /** How its button looks. */
  look?: string;
}

/** What stands below a list: the rest of it, or that it could not be read, be it only anew. */
export function More({ list, look = secondary }: Shown) {
  const { error, hasNextPage, isFetchingNextPage: coming, isFetchNextPageError: cut } = list;
  if (!hasNextPage && !error) return null;
  const press = error && !cut ? list.refetch : list.fetchNextPage;
  return (
    <div className="mt-6 text-center">
      {error && (
        <p role="alert" className="mb-2 text-danger">
          <Said of={error} />
        </p>
      )}
      <button type="button" aria-busy={coming} onClick={() => coming || press()} className={look}>
        {error ? t('problem.again') : t('search.more')}
      </button>
    </div>
  );
}
