import { useInfiniteQuery } from '@tanstack/react-query';
import type { Schema } from '@tipple/api';
import { t } from '@/lib/messages.ts';
import { paged } from '@/lib/paged.ts';
import { Empty } from '@/ui/empty.tsx';
import { More } from '@/ui/more.tsx';
import { ProblemPage } from '@/ui/problem.tsx';
import { Bar } from '@/ui/waiting.tsx';
import { useMay, useStore } from '../stores.ts';
import { Invitations } from './invitations.tsx';
import { Invite } from './invite.tsx';
import { Member } from './member.tsx';

export type Grade = Schema<'Grade'>;

/** Who works at the store as what, and who is invited to. */
export function Page(): React.ReactNode {
  const may = useMay();
  return (
    <>
      <h1>{t('vendor.staff')}</h1>
      {may('store_staff') ? <Staff /> : <Empty title={t('staff.managers')} text={t('staff.managers.text')} />}
    </>
  );
}

function Staff() {
  const { store } = useStore();
  const list = useInfiniteQuery(
    paged('/v1/accounts/stores/{store}/staff', { path: { store }, query: { limit: 50 } }),
  );
  if (list.error && !list.data) return <ProblemPage error={list.error} again={list.refetch} />;
  const members = list.data?.pages.flatMap(({ items }) => items);
  const invite = list.data?.pages[0]?.invite ?? [];
  return (
    <div className="mt-4 grid items-start gap-6 lg:grid-cols-[minmax(0,1fr)_24rem]">
      <section aria-label={t('staff.members')} aria-busy={!members}>
        <h2 className="text-xl">{t('staff.members')}</h2>
        {!members && <Bar className="mt-3 h-56 w-full" />}
        {members?.length === 0 && <Empty heading="h3" title={t('staff.none')} text={t('staff.none.text')} />}
        <ul className="mt-3 space-y-3">
          {members?.map((one) => (
            <Member key={one.person} member={one} />
          ))}
        </ul>
        <More list={list} />
      </section>
      <div className="space-y-6">
        {invite.length > 0 && <Invite grades={invite} />}
        <Invitations />
      </div>
    </div>
  );
}
