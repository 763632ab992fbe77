/** Changing something at the house by hand, and what became of it. */
import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { Failed } from './network.ts';

/** One change by hand: nothing is shown as fresh that it may have made old. */
export function useSending<Input, Output>(
  change: (input: Input) => Promise<Output>,
  then?: (output: Output, input: Input) => void | Promise<void>,
) {
  const readings = useQueryClient();
  return useMutation<Output, Failed, Input>({
    mutationFn: change,
    onSuccess: async (output, input) => {
      await then?.(output, input);
      await readings.invalidateQueries();
    },
  });
}
