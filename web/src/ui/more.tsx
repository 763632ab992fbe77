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
  };
  /** How its button looks. */
  look?: string;
}

/** What stands below a list of which there is more. */
export function More({ list, look = secondary }: Shown) {
  if (!list.hasNextPage) return null;
  return (
    <div className="mt-6 text-center">
      {list.isFetchNextPageError && list.error && (
        <p role="alert" className="mb-2 text-danger">
          <Said of={list.error} />
        </p>
      )}
      <button
        type="button"
        aria-busy={list.isFetchingNextPage}
        onClick={() => list.isFetchingNextPage || list.fetchNextPage()}
        className={look}
      >
        {list.isFetchNextPageError ? t('problem.again') : t('search.more')}
      </button>
    </div>
  );
}
