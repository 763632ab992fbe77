import { useQuery, useQueryClient } from '@tanstack/react-query';
import type { Schema } from '@tipple/api';
import { useEffect, useRef, useState } from 'react';
import { moment, money } from '@/lib/format.ts';
import { part } from '@/lib/lazily.ts';
import { t, word } from '@/lib/messages.ts';
import { card, secondary } from '@/ui/button.ts';
import { Later } from '@/ui/later.tsx';
import { Unread } from '@/ui/unread.tsx';
import { Bar } from '@/ui/waiting.tsx';
import { complaintsOf } from './requests.ts';

const ComplaintForm = part(() => import('./complaint-form.tsx'), 'asking');

/** So often it is looked again while somebody may answer, in milliseconds. */
const WAITING = 15_000;
/** And while the house has not heard yet that the order is over. */
const HEARING = 5_000;

/** What was asked back for an order that is over, what became of that, and the way to ask. */
export function Page({ order: { order, store } }: { order: Schema<'OrderView'> }) {
  const read = useQuery({
    ...complaintsOf(order),
    retry: false,
    refetchInterval: ({ state: { data } }) => {
      if (data && !data.until) return HEARING;
      return data?.items.some(({ state }) => state === 'open' || state === 'agreed') ? WAITING : false;
    },
  });
  const { data } = read;
  const [asking, setAsking] = useState(false);
  useNews(data?.items.map(({ state }) => state).join());
  const may = data?.can.includes('complain');
  if (!data) return <Unread of={read} title={t('complaint.title')} />;
  if (data.items.length === 0 && !may) return null;
  return (
    <section id="complaints" aria-label={t('complaint.title')} className={`${card} print:hidden`}>
      <h2 className="text-xl">{t('complaint.title')}</h2>
      <ul className="divide-y divide-hairline" aria-live="polite">
        {data.items.map((one) => (
          <li key={one.complaint} className="py-3">
            <Complaint complaint={one} zone={store.time_zone} />
          </li>
        ))}
      </ul>
      {may && data.until && !asking && (
        <>
          <p className="mt-1 mb-3 max-w-prose">
            {t('complaint.text', { until: moment(data.until, store.time_zone) })}
          </p>
          <button type="button" onClick={() => setAsking(true)} className={secondary}>
            {t('complaint.ask')}
          </button>
        </>
      )}
      {may && asking && (
        <Later room={<Bar className="h-96" />}>
          <ComplaintForm order={order} lines={data.lines} done={() => setAsking(false)} />
        </Later>
      )}
    </section>
  );
}

/** What is answered changes more than this: receipts, and what goes back. */
function useNews(states: string | undefined) {
  const readings = useQueryClient();
  const before = useRef(states);
  useEffect(() => {
    const news = before.current !== undefined && before.current !== states;
    before.current = states;
    if (news) void readings.invalidateQueries();
  }, [states, readings]);
}

function Complaint({ complaint, zone }: { complaint: Schema<'MyComplaint'>; zone: string }) {
  const { state, amount, answer, lines, whole, reason, words, worth, asked_at } = complaint;
  return (
    <>
      <p className="font-semibold">
        {amount
          ? t(state === 'refunded' ? 'complaint.back' : 'complaint.coming', { amount: money(amount) })
          : word('complained', state)}
      </p>
      {answer && (
        <p className="[overflow-wrap:anywhere]">
          <bdi>{answer}</bdi>
        </p>
      )}
      {whole && <p className="mt-1 text-sm">{t('complaint.whole')}</p>}
      {lines.length > 0 && (
        <p className="mt-1 text-sm [overflow-wrap:anywhere]">
          <bdi>{lines.map(({ units, name }) => t('checkout.line', { n: units, name })).join(', ')}</bdi>
        </p>
      )}
      <p className="text-sm text-muted [overflow-wrap:anywhere]">
        {word('complaint.reason', reason)}: <bdi>{words}</bdi>
      </p>
      <p className="text-sm text-muted">
        {t('complaint.asked', { amount: money(worth), time: moment(asked_at, zone) })}
      </p>
    </>
  );
}
