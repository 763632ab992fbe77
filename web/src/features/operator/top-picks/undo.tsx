import { t } from '@/lib/messages.ts';
import { useSending } from '@/lib/sending.ts';
import { quiet } from '@/ui/button.ts';
import { Said } from '@/ui/said.tsx';
import type { Done } from './changes.ts';

/** What was decided last, and the way back. */
export function Undo({ done, close }: { done?: Done; close: () => void }) {
  const undo = useSending(async ({ undo }: Done) => undo(), close);
  const failed = undo.variables === done ? undo.error : null;
  return (
    <div
      role="status"
      className={
        done
          ? 'sticky bottom-4 z-10 mx-auto mt-4 flex max-w-2xl flex-wrap items-center justify-between gap-x-4 rounded-md border border-control bg-surface px-4 py-2 shadow-lg'
          : 'sr-only'
      }
    >
      {done && (
        <>
          <p className="min-w-0 [overflow-wrap:anywhere]">{done.text}</p>
          <p className="flex gap-3">
            <button
              type="button"
              aria-busy={undo.isPending}
              disabled={undo.isPending}
              onClick={() => undo.mutate(done)}
              className={quiet}
            >
              {t('picks.undo')}
            </button>
            <button type="button" onClick={close} className={quiet}>
              {t('picks.close')}
            </button>
          </p>
          {failed && (
            <p className="w-full text-danger">
              <Said of={failed} />
            </p>
          )}
        </>
      )}
    </div>
  );
}
