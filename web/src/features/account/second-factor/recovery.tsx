import { t } from '@/lib/messages.ts';
import { send } from '@/lib/send.ts';
import { useSending } from '@/lib/sending.ts';
import { card } from '@/ui/button.ts';
import { Sure } from '@/ui/sure.tsx';
import { AgainAfter } from './sign-in-again.tsx';

interface Shown {
  left: number;
  change: boolean;
  renewed: (codes: string[]) => void;
}

/** What opens the account when phone and keys are lost. */
export function Recovery({ left, change, renewed }: Shown) {
  const renew = useSending(
    () => send('post', '/v1/accounts/me/recovery-codes', {}),
    ({ recovery_codes }) => renewed(recovery_codes ?? []),
  );
  return (
    <section className={`${card} space-y-3`}>
      <h2 className="text-xl">{t('factor.codes')}</h2>
      <p className={left > 0 ? 'text-muted' : 'font-medium text-danger'}>
        {t('factor.codes.left', { n: left })}
      </p>
      {change && (
        <>
          <Sure text={t('factor.codes.renew')} warning={t('factor.codes.warning')} act={renew} />
          <AgainAfter failed={renew.error} />
        </>
      )}
    </section>
  );
}
