/** What has to be answered at once: accepting an offer, taking an order out of the store. */
import { useQueryClient } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { Failed } from '@/lib/network.ts';
import { said } from '@/lib/said.ts';
import { useSending } from '@/lib/sending.ts';

import { sendAll, tell, waiting } from './queue.ts';

const route = getRouteApi('/driver');

/**
 * What was done before goes first. A no of the house may take away the very thing that it was about, so it is
 * told where it stays.
 */
export function useAsking<Input = void>(ask: (input: Input) => Promise<unknown>) {
  const person = route.useLoaderData();
  const readings = useQueryClient();
  const { mutate, isPending, error } = useSending(async (input: Input) => {
    try {
      await sendAll(readings, person);
      if (waiting.all().some((act) => act.person === person))
        throw new Failed({ status: 0, code: 'offline', title: '', detail: '' });
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
