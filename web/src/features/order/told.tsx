import { useInfiniteQuery } from '@tanstack/react-query';
import type { Schema } from '@tipple/api';
import { useState } from 'react';
import { moment } from '@/lib/format.ts';
import { t, word } from '@/lib/messages.ts';
import { paged } from '@/lib/paged.ts';
import { card } from '@/ui/button.ts';
import { More } from '@/ui/more.tsx';
import { Unread } from '@/ui/unread.tsx';

/** A message is written a moment after what it tells of; of what is over there may still come some. In milliseconds. */
const SOON = 20_000;
const LATER = 60_000;

/** What the customer was told about this order, the newest first. */
export function Told({ order, zone, live }: { order: string; zone: string; live: boolean }) {
  const list = useInfiniteQuery({
    ...paged('/v1/notifications/messages', { query: { order, limit: 10 } }),
    retry: false,
    refetchInterval: live ? SOON : LATER,
  });
  const messages = list.data?.pages.flatMap(({ items }) => items);
  if (!messages) return <Unread of={list} title={t('told.title')} />;
  return (
    <section aria-label={t('told.title')} className={`${card} print:hidden`}>
      <h2 className="text-xl">{t('told.title')}</h2>
      {messages.length === 0 && <p className="mt-1 text-muted">{t('told.none')}</p>}
      <ul className="divide-y divide-hairline">
        {messages.map((one) => (
          <li key={one.id}>
            <Message message={one} zone={zone} />
          </li>
        ))}
      </ul>
      <More list={list} />
    </section>
  );
}

/** What it says is there once it is opened. */
function Message({
  message: { kind, created_at, text },
  zone,
}: {
  message: Schema<'MyMessage'>;
  zone: string;
}) {
  const [open, setOpen] = useState(false);
  return (
    <details onToggle={({ currentTarget }) => setOpen(currentTarget.open)}>
      <summary className="min-h-11 cursor-pointer py-2">
        <span className="font-medium">{word('told', kind)}</span>{' '}
        <time dateTime={created_at} className="text-sm text-muted">
          {moment(created_at, zone)}
        </time>
      </summary>
      {open && (
        <p dir="auto" className="pb-3 text-sm whitespace-pre-line [overflow-wrap:anywhere]">
          {text}
        </p>
      )}
    </details>
  );
}
