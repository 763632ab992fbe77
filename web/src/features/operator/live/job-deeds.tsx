import type { Schema } from '@tipple/api';
import { t } from '@/lib/messages.ts';
import { send } from '@/lib/send.ts';
import { Deed } from '../deed.tsx';

/** What one may do to a delivery whose driver does not. */
export function JobDeeds({ job: { job, can } }: { job: Schema<'JobSummary'> }) {
  const path = { job };
  if (!can.includes('return') && !can.includes('lose')) return null;
  return (
    <div className="mt-3 flex flex-wrap items-start gap-3 print:hidden">
      {can.includes('return') && (
        <Deed
          open={t('handling.return')}
          text={t('handling.return.text')}
          submit={t('handling.return.yes')}
          send={() => send('post', '/v1/delivery/jobs/{job}/return', { path })}
        />
      )}
      {can.includes('lose') && (
        <Deed
          open={t('handling.lose')}
          text={t('handling.lose.text')}
          submit={t('handling.lose.yes')}
          reason={{ label: t('handling.lose.why'), hint: t('handling.lose.hint'), most: 500 }}
          grave
          send={(reason) => send('post', '/v1/delivery/jobs/{job}/lose', { path, body: { reason } })}
        />
      )}
    </div>
  );
}
