import type { Schema } from '@tipple/api';
import { moment, money } from '@/lib/format.ts';
import { t, word } from '@/lib/messages.ts';
import { send } from '@/lib/send.ts';
import { Deed } from '../deed.tsx';
import { useMyself } from '../myself.ts';
import { useBy } from '../named.ts';

/** Money that somebody wants to give back: how far it is, and the second person's word. */
export function Refund({ refund, zone }: { refund: Schema<'PaymentsRefund'>; zone?: string }) {
  const own = useMyself() === refund.asked_by;
  const asker = useBy(refund.asked_by);
  const decider = useBy(refund.decided_by);
  return (
    <>
      <p className="flex flex-wrap justify-between gap-x-3 font-medium">
        <span className="tabular-nums">{money(refund.amount)}</span>
        <span>{word('refunding', refund.state)}</span>
      </p>
      <p>
        {word('because', refund.code)}: <bdi>{refund.reason}</bdi>
      </p>
      <p className="text-sm text-muted">
        {t('handling.refund.asked', { who: asker, time: moment(refund.asked_at, zone) })}
      </p>
      {refund.state === 'waiting' && refund.lapses_at && (
        <p className="text-sm">{t('handling.refund.until', { time: moment(refund.lapses_at, zone) })}</p>
      )}
      {refund.decided_at && refund.decided_by && (
        <p className="text-sm text-muted">
          {t('handling.refund.decided', { who: decider, time: moment(refund.decided_at, zone) })}{' '}
          <bdi>{refund.decision}</bdi>
        </p>
      )}
      <Decisions refund={refund} own={own} />
    </>
  );
}

function Decisions({ refund: { refund, can }, own }: { refund: Schema<'PaymentsRefund'>; own: boolean }) {
  const path = { refund };
  const decide = (approve: boolean) => (reason: string) =>
    send('post', '/v1/payments/refunds/{refund}/decision', { path, body: { approve, reason } });
  const reason = { label: t('operator.why'), most: 200 };
  if (!can.includes('approve') && !can.includes('decline')) return null;
  return (
    <div className="mt-2 flex flex-wrap items-start gap-3">
      {can.includes('approve') && (
        <Deed
          open={t('handling.refund.approve')}
          submit={t('handling.refund.approve')}
          reason={reason}
          send={decide(true)}
        />
      )}
      {can.includes('decline') && (
        <Deed
          open={t(own ? 'handling.refund.takeBack' : 'handling.refund.decline')}
          submit={t(own ? 'handling.refund.takeBack' : 'handling.refund.decline')}
          reason={reason}
          grave
          send={decide(false)}
        />
      )}
    </div>
  );
}
