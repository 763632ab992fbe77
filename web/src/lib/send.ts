/** Changing something at the house. */
import { type Changed, type Changing, type Method, request, type Sent } from '@tipple/api';
import { ask } from './network.ts';

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
