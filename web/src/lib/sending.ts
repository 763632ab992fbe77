/** Changing something at the house, and what became of it. */
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type Changed, type Changing, type Method, request, type Sent } from '@tipple/api';
import { ask, type Failed } from './network.ts';

/** Sends a change; the answer as the interface says, or `Failed`. */
export async function send<M extends Method, Path extends Changing<M>>(
  method: M,
  path: Path,
  sent: Sent<M, Path>,
): Promise<Changed<M, Path>> {
  const { address, init } = request(method, path, sent);
  return (await ask(address, init)) as Changed<M, Path>;
}

/** Only if it is still as it was when it was read. */
export const ifMatch = (version: number) => ({ 'if-match': `"v${version}"` });

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
