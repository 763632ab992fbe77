import { moment } from '@/lib/format.ts';
import { t } from '@/lib/messages.ts';
import type { Decision } from './requests.ts';

/** When a decision ends by itself. */
export function Until({ decision }: { decision?: Decision }) {
  if (!decision?.until) return null;
  return (
    <span className="block text-sm text-muted">{t('picks.until', { time: moment(decision.until) })}</span>
  );
}
