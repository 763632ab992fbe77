import type { Schema } from '@tipple/api';
import { t } from '@/lib/messages.ts';
import { send } from '@/lib/sending.ts';
import { Deed } from '../deed.tsx';

/** What one may do to a delivery whose driver does not. */
export function JobDeeds({ job: { job, can } }: { job: Schema<'JobSummary'> }) {
  const path = { job };
  if (!can.includes('return') && !can.includes('lose')) return null;
  return (
    <div className="mt-3 flex flex-wrap items-start gap-3 print:hidden">
      {can.includes('return') && (
        <Deed
          open={t('operator.return')}
          text={t('operator.return.text')}
          submit={t('operator.return.yes')}
          send={() => send('post', '/v1/delivery/jobs/{job}/return', { path })}
        />
      )}
      {can.includes('lose') && (
        <Deed
          open={t('operator.lose')}
          text={t('operator.lose.text')}
          submit={t('operator.lose.yes')}
          reason={{ label: t('operator.lose.why'), hint: t('operator.lose.hint'), most: 500 }}
          grave
          send={(reason) => send('post', '/v1/delivery/jobs/{job}/lose', { path, body: { reason } })}
        />
      )}
    </div>
  );
}
