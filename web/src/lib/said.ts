/** What went wrong, in a sentence. */
import { known, t } from './messages.ts';
import { Failed } from './network.ts';

/** A sentence, and whether it is the house's own, which is English. */
export interface Sentence {
  text: string;
  foreign?: boolean;
}

/** A sentence for what went wrong. */
export function sentence(failed: Error): Sentence {
  if (!(failed instanceof Failed)) return { text: t('problem.title') };
  const { problem, words } = failed;
  if (problem.status === 0) return { text: t('problem.offline') };
  if (problem.code === 'ours') return { text: problem.detail };
  // Where a field's own sentence has no words, that something is wrong with some field says nothing.
  const untold = words && !words.whole && problem.errors?.length;
  const text = words?.whole ?? (untold ? undefined : known(`refused.${problem.code}`));
  if (text) return { text };
  const theirs = problem.detail || problem.title;
  return theirs ? { text: theirs, foreign: true } : { text: t('problem.title') };
}

export const said = (failed: Error) => sentence(failed).text;

/** What the house says of one field. */
export function ofField(failed: Failed, name: string): Sentence | undefined {
  const { problem, words } = failed;
  const message = problem.errors?.find((one) => one.field === name)?.message;
  if (message) return words?.fields[name] ?? { text: message, foreign: true };
  return problem.field === name ? sentence(failed) : undefined;
}
