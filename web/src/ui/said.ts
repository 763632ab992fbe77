import { t } from '@/lib/messages.ts';
import { Failed } from '@/lib/network.ts';

/** A sentence for what went wrong. */
export function said(failed: Error): string {
  if (!(failed instanceof Failed)) return t('problem.title');
  if (failed.problem.status === 0) return t('problem.offline');
  return failed.problem.detail || failed.problem.title;
}
