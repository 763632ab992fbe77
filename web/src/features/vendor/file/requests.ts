import type { Schema } from '@tipple/api';
import { answer, ask, refusal } from '@/lib/network.ts';
import { token } from '@/lib/session.ts';

const FILE = '/v1/catalogue/stores/{store}/listings.csv';
const at = (store: string) => FILE.replace('{store}', encodeURIComponent(store));

/** What the store lists, as the house writes it. */
export async function exported(store: string): Promise<Blob> {
  const response = await answer(at(store), { headers: { accept: 'text/csv' } }, await token());
  if (!response.ok) throw await refusal(await response.json());
  return response.blob();
}

/** What the file does, or would do. */
export async function imported(store: string, file: File, dryRun: boolean): Promise<Schema<'ImportReport'>> {
  const where = `${at(store)}${dryRun ? '?dry_run=true' : ''}`;
  const sent = { method: 'POST', headers: { 'content-type': 'text/csv' }, body: await file.arrayBuffer() };
  return (await ask(where, sent)) as Schema<'ImportReport'>;
}
