import { useMutation } from '@tanstack/react-query';
import { t } from '@/lib/messages.ts';
import { quiet } from '@/ui/button.ts';
import { Said } from '@/ui/said.tsx';
import { type Done, Overtaken } from './changes.ts';

/** What was done last, and the way back. */
export function Undo({ done, close }: { done?: Done; close: () => void }) {
  const undo = useMutation({ mutationFn: async ({ undo }: Done) => undo(), onSuccess: close });
  const failed = undo.variables === done ? (undo.error as Error | null) : null;
  return (
    <div
      role="status"
      className={
        done
          ? 'sticky bottom-4 mx-auto mt-4 flex max-w-2xl flex-wrap items-center justify-between gap-x-4 rounded-md border border-control bg-surface px-4 py-2 shadow-lg'
          : 'sr-only'
      }
    >
      {done && (
        <>
          <p className="min-w-0 [overflow-wrap:anywhere]">{done.text}</p>
          <p>
            <button
              type="button"
              aria-busy={undo.isPending}
              onClick={() => undo.mutate(done)}
              className={quiet}
            >
              {t('products.undo')}
            </button>{' '}
            <button type="button" onClick={close} className={quiet}>
              {t('products.keep')}
            </button>
          </p>
          {failed && (
            <p className="w-full text-danger">
              {failed instanceof Overtaken ? t('products.undo.overtaken') : <Said of={failed} />}
            </p>
          )}
        </>
      )}
    </div>
  );
}
