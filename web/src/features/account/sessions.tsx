import { useQuery } from '@tanstack/react-query';
import { moment } from '@/lib/format.ts';
import { t } from '@/lib/messages.ts';
import { send } from '@/lib/send.ts';
import { useSending } from '@/lib/sending.ts';
import { card, quiet } from '@/ui/button.ts';
import { Said } from '@/ui/said.tsx';
import { Unread } from '@/ui/unread.tsx';
import { Bar } from '@/ui/waiting.tsx';
import { deviceName } from './device.ts';
import { sessions } from './requests.ts';

/** Where the visitor is signed in. */
export function Sessions() {
  const read = useQuery(sessions);
  const { data, error } = read;
  const end = useSending((session: string) =>
    send('delete', '/v1/accounts/sessions/{session}', { path: { session } }),
  );
  return (
    <section className={card}>
      <h2 className="mb-3 text-xl">{t('sessions.title')}</h2>
      <Unread of={read} />
      {end.error && (
        <p role="alert">
          <Said of={end.error} />
        </p>
      )}
      {!data && !error && <Bar className="h-24 w-full" />}
      <ul className="max-h-80 divide-y divide-hairline overflow-y-auto">
        {data?.map((one) => (
          <li key={one.session} className="flex items-center justify-between gap-3 py-2">
            <div className="min-w-0">
              <p className="line-clamp-1">{deviceName(one.device)}</p>
              <p className="text-sm text-muted">
                {one.address} · {moment(one.used_at)}
              </p>
            </div>
            {one.current ? (
              <p className="text-sm font-medium">{t('sessions.current')}</p>
            ) : (
              <button type="button" onClick={() => end.mutate(one.session)} className={quiet}>
                {t('sessions.end')}
              </button>
            )}
          </li>
        ))}
      </ul>
    </section>
  );
}
