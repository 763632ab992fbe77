import type { Schema } from '@tipple/api';
import { t, word } from '@/lib/messages.ts';
import { send } from '@/lib/send.ts';
import { useSending } from '@/lib/sending.ts';
import { card, quiet } from '@/ui/button.ts';
import { Said } from '@/ui/said.tsx';
import { Sure } from '@/ui/sure.tsx';
import { useStore } from '../stores.ts';

/** Somebody of the store's staff, and what one may do with them. */
export function Member({ member }: { member: Schema<'Member'> }) {
  const { store, name: at } = useStore();
  const { person, given_name, family_name, email, grade, blocked, may_become: others, can } = member;
  const path = { store, person };
  const name = `${given_name} ${family_name}`;
  const make = useSending((next: Schema<'Grade'>) =>
    send('put', '/v1/accounts/stores/{store}/staff/{person}', { path, body: { grade: next } }),
  );
  const remove = useSending(() => send('delete', '/v1/accounts/stores/{store}/staff/{person}', { path }));
  return (
    <li className={`${card} flex flex-wrap items-start justify-between gap-x-6 gap-y-2`}>
      <div className="min-w-0 flex-1 basis-56">
        <h3 className="text-base [overflow-wrap:anywhere]">
          <bdi>{name}</bdi>
        </h3>
        {email && (
          <p className="text-sm text-muted [overflow-wrap:anywhere]">
            <bdi>{email}</bdi>
          </p>
        )}
        <p className="mt-1 flex flex-wrap gap-x-3">
          <span className="font-medium">{word('grade', grade)}</span>
          {blocked && <span className="font-medium text-danger">{t('staff.blocked')}</span>}
        </p>
        {make.error && (
          <p role="alert" className="mt-1 text-danger">
            <Said of={make.error} />
          </p>
        )}
      </div>
      <div className="flex flex-wrap items-center gap-x-4 gap-y-2">
        {others.map((next) => (
          <button
            key={next}
            type="button"
            aria-busy={make.isPending}
            disabled={make.isPending}
            onClick={() => make.mutate(next)}
            className={quiet}
          >
            {word('become', next)} <span className="sr-only">{name}</span>
          </button>
        ))}
        {can.includes('remove') && (
          <Sure
            text={t('staff.remove')}
            label={t('staff.remove.of', { name })}
            warning={t('staff.remove.text', { name, store: at })}
            act={remove}
          />
        )}
      </div>
    </li>
  );
}
