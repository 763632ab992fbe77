/** What has to be answered at once: accepting an offer, taking an order out of the store. */
import { useQueryClient } from '@tanstack/react-query';
import { Failed } from '@/lib/network.ts';
import { useSending } from '@/lib/sending.ts';
import { said } from '@/ui/form.tsx';
import { tell } from './queue.ts';

/** A no of the house may take away the very thing that it was about, so it is told where it stays. */
export function useAsking<Input = void>(ask: (input: Input) => Promise<unknown>) {
  const readings = useQueryClient();
  const { mutate, isPending, error } = useSending(async (input: Input) => {
    try {
      return await ask(input);
    } catch (failed) {
      if (!(failed instanceof Failed) || failed.problem.status !== 409) throw failed;
      tell(said(failed));
      await readings.invalidateQueries();
      return undefined;
    }
  });
  return { press: mutate, busy: isPending, failed: error };
}
