import type { Schema } from '@tipple/api';
import { useState } from 'react';
import { moment, money } from '@/lib/format.ts';
import { t, word } from '@/lib/messages.ts';
import { ProblemPage } from '@/ui/problem.tsx';
import { Bar } from '@/ui/waiting.tsx';
import { More, useList } from '../list.tsx';

type Entry = Schema<'PaymentsPage_Entry'>['items'][number];

interface Shown {
  payment: string;
  zone: string;
}

/** What was done with the money, as it stands in the books; read when somebody wants to see it. */
export function Journal({ payment, zone }: Shown) {
  const [open, setOpen] = useState(false);
  return (
    <details onToggle={({ currentTarget }) => setOpen(currentTarget.open)} className="mt-3">
      <summary className="min-h-11 cursor-pointer py-2 font-medium">{t('handling.journal')}</summary>
      {open && <Transactions payment={payment} zone={zone} />}
    </details>
  );
}

function Transactions({ payment, zone }: Shown) {
  const list = useList('/v1/payments/ledger/{payment}', { path: { payment }, query: { limit: 100 } });
  if (list.error && !list.items) return <ProblemPage error={list.error} again={list.again} />;
  if (!list.items) return <Bar className="h-32 w-full" />;
  const transactions = new Map<string, Entry[]>();
  for (const entry of list.items) {
    transactions.set(entry.transaction, [...(transactions.get(entry.transaction) ?? []), entry]);
  }
  return (
    <>
      {list.items.length === 0 && <p className="text-muted">{t('handling.journal.none')}</p>}
      {[...transactions].map(([id, entries]) => (
        <table key={id} className="mb-4 w-full text-sm">
          <caption className="text-start font-medium">
            {word('booked', entries[0]?.kind ?? '')}
            <span className="block font-normal text-muted">{entries[0] && moment(entries[0].at, zone)}</span>
          </caption>
          <thead className="sr-only">
            <tr>
              <th scope="col">{t('handling.journal.account')}</th>
              <th scope="col">{t('handling.journal.amount')}</th>
            </tr>
          </thead>
          <tbody>
            {entries.map((entry) => (
              <Line key={entry.id} entry={entry} />
            ))}
          </tbody>
        </table>
      ))}
      <More list={list} />
    </>
  );
}

function Line({ entry: { account, party, amount, currency } }: { entry: Entry }) {
  // A name says something; an id does not.
  const named = party && !/^[0-9a-f-]{36}$/.test(party);
  return (
    <tr className="border-t border-hairline">
      <th scope="row" className="py-1 text-start font-normal">
        {word('ledger', account)}
        {named && (
          <span className="block text-xs text-muted">
            <bdi>{party}</bdi>
          </span>
        )}
      </th>
      <td className="py-1 text-end align-top tabular-nums">
        <bdi>{money({ amount, currency })}</bdi>
      </td>
    </tr>
  );
}
