import { Failed } from '@/lib/network.ts';

/** Whether it was the code that was refused: used, too old, guessed too often, or another account's. */
export function isRefused(failed: Error | null): boolean {
  return failed instanceof Failed && failed.problem.code === 'code-refused';
}
