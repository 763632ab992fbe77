/** Files of the house that only who is signed in may read. */
import { answer, refusal } from './network.ts';
import { save } from './save.ts';
import { token } from './session.ts';

export async function openFile(address: string, name: string) {
  const response = await answer(address, {}, await token());
  if (!response.ok) throw await refusal(await response.json());
  save(await response.blob(), name);
}
