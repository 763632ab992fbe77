import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { number } from '@/lib/format.ts';
import { t } from '@/lib/messages.ts';
import { reading } from '@/lib/reading.ts';
import { Unread } from '@/ui/unread.tsx';

/** So many are counted, and no more. */
const COUNTED = 20;

/** That customers wait for an answer about money, where some do. */
export function Complaining() {
  const read = useQuery({
    ...reading('/v1/payments/complaints', { query: { state: 'open', limit: COUNTED } }),
    refetchInterval: 60_000,
    retry: false,
  });
  const { data } = read;
  if (!data) return <Unread of={read} title={t('operator.complaints')} />;
  if (data.items.length === 0) return null;
  const text = data.next
    ? t('handling.complaints.waitingMore', { n: number(COUNTED) })
    : t('handling.complaints.waiting', { n: data.items.length });
  return (
    <p className="rounded-md border border-hairline bg-surface px-4 py-2">
      <Link
        to="/operator/complaints"
        className="inline-flex min-h-11 items-center font-medium text-brand underline underline-offset-4"
      >
        {text}
      </Link>
    </p>
  );
}
