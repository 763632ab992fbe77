import { useInfiniteQuery } from '@tanstack/react-query';
import type { Schema } from '@tipple/api';
import { moment } from '@/lib/format.ts';
import { t, word } from '@/lib/messages.ts';
import { paged } from '@/lib/paged.ts';
import { send } from '@/lib/send.ts';
import { useSending } from '@/lib/sending.ts';
import { card, quiet } from '@/ui/button.ts';
import { More } from '@/ui/more.tsx';
import { Said } from '@/ui/said.tsx';
import { Sure } from '@/ui/sure.tsx';
import { Bar } from '@/ui/waiting.tsx';
import { useStore } from '../stores.ts';

/** Who is invited to the store and has not come yet. */
export function Invitations() {
  const { store } = useStore();
  const list = useInfiniteQuery(paged('/v1/accounts/invitations', { query: { store, limit: 50 } }));
  const open = list.data?.pages.flatMap(({ items }) => items);
  return (
    <section aria-label={t('staff.open')} aria-busy={!open && !list.error}>
      <h2 className="text-xl">{t('staff.open')}</h2>
      {list.error && !open && (
        <p role="alert" className="mt-2 text-danger">
          <Said of={list.error} />{' '}
          <button type="button" onClick={() => void list.refetch()} className={quiet}>
            {t('problem.again')}
          </button>
        </p>
      )}
      {!open && !list.error && <Bar className="mt-3 h-24 w-full" />}
      {open?.length === 0 && <p className="mt-2 text-muted">{t('staff.open.none')}</p>}
      <ul className="mt-3 space-y-3">
        {open?.map((one) => (
          <Open key={one.flow} invitation={one} />
        ))}
      </ul>
      <More list={list} />
    </section>
  );
}

function Open({ invitation }: { invitation: Schema<'Invitation'> }) {
  const { flow, email, role, expires_at: until, can } = invitation;
  const withdraw = useSending(() => send('delete', '/v1/accounts/invitations/{flow}', { path: { flow } }));
  return (
    <li className={card}>
      <p className="font-semibold [overflow-wrap:anywhere]">
        <bdi>{email}</bdi>
      </p>
      <p>{word('grade', role.role)}</p>
      <p className="mb-2 text-sm text-muted">{t('staff.open.until', { time: moment(until) })}</p>
      {can.includes('withdraw') && (
        <Sure
          text={t('staff.withdraw')}
          label={t('staff.withdraw.of', { email })}
          warning={t('staff.withdraw.text')}
          act={withdraw}
        />
      )}
    </li>
  );
}
