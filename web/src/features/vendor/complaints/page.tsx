import { useInfiniteQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import type { Schema } from '@tipple/api';
import { moment, money } from '@/lib/format.ts';
import { t, word } from '@/lib/messages.ts';
import { paged } from '@/lib/paged.ts';
import { card } from '@/ui/button.ts';
import { Empty } from '@/ui/empty.tsx';
import { More } from '@/ui/more.tsx';
import { ProblemPage } from '@/ui/problem.tsx';
import { Select } from '@/ui/select.tsx';
import { Bar } from '@/ui/waiting.tsx';
import { COMPLAINED, type Complained } from '../route.ts';
import { useStore } from '../stores.ts';

const route = getRouteApi('/vendor/complaints');
/** So often it is looked for new ones, in milliseconds. */
const OFTEN = 60_000;

/** What customers ask back for what the store sold, and what the house decided: to be read, not to be decided. */
export function Page(): React.ReactNode {
  const { state } = route.useSearch();
  const navigate = route.useNavigate();
  const { store } = useStore();
  const asked = { query: { store, state, limit: 20 } };
  const list = useInfiniteQuery({ ...paged('/v1/payments/complaints', asked), refetchInterval: OFTEN });
  const items = list.data?.pages.flatMap((page) => page.items);
  if (list.error && !items) return <ProblemPage error={list.error} again={() => void list.refetch()} />;
  return (
    <>
      <h1>{t('vendor.complaints')}</h1>
      <p className="mt-2 mb-4 max-w-prose text-muted">{t('vendor.complaints.text')}</p>
      <Select
        name={t('vendor.complaints.show')}
        value={state ?? ''}
        choices={[
          ['', t('vendor.complaints.all')],
          ...COMPLAINED.map((one) => [one, word('complains', one)] as const),
        ]}
        choose={(one) =>
          navigate({ search: (was) => ({ ...was, state: (one || undefined) as Complained | undefined }) })
        }
      />
      {items?.length === 0 && (
        <Empty
          title={t(state ? 'vendor.complaints.none.such' : 'vendor.complaints.none')}
          text={t(state ? 'vendor.complaints.none.such.text' : 'vendor.complaints.none.text')}
        />
      )}
      {!items && <Bar className="mt-4 h-32 w-full" />}
      <ul className="mt-4 grid gap-4 lg:grid-cols-2">
        {items?.map((one) => (
          <li key={one.complaint} className={card}>
            <Complaint complaint={one} />
          </li>
        ))}
      </ul>
      <More list={list} />
    </>
  );
}

/** What somebody asks back, why, and what was said to it. */
function Complaint({ complaint }: { complaint: Schema<'ComplaintView'> }) {
  const { order, number, state, worth, asked_at, whole, lines, reason, words } = complaint;
  const { time_zone: zone } = useStore();
  return (
    <>
      <p className="flex flex-wrap items-baseline justify-between gap-x-3">
        <Link
          to="/vendor/orders/$order/slip"
          params={{ order }}
          className="inline-flex min-h-11 items-center font-semibold text-brand underline underline-offset-4"
        >
          {t('vendor.complaints.order', { number })}
        </Link>
        <span className="font-medium">{word('complains', state)}</span>
      </p>
      <p className="text-sm text-muted">
        {t('vendor.complaints.asked', { amount: money(worth), time: moment(asked_at, zone) })}
      </p>
      {whole && <p className="mt-2">{t('complaint.whole')}</p>}
      <ul className="mt-2">
        {lines.map(({ line, name, units }) => (
          <li key={line} className="[overflow-wrap:anywhere]">
            {t('checkout.line', { n: units, name })}
          </li>
        ))}
      </ul>
      <p className="mt-2 whitespace-pre-line [overflow-wrap:anywhere]">
        <span className="font-medium">{word('complaint.reason', reason)}:</span> <bdi>{words}</bdi>
      </p>
      <Decided complaint={complaint} zone={zone} />
    </>
  );
}

function Decided({ complaint, zone }: { complaint: Schema<'ComplaintView'>; zone: string }) {
  const { state, amount, answer, decided_at } = complaint;
  // What came to nothing is to be decided anew, and what waits for a second person is not decided.
  if (!decided_at || state === 'open' || state === 'second') return null;
  const time = moment(decided_at, zone);
  return (
    <p className="mt-3 border-t border-hairline pt-3 [overflow-wrap:anywhere]">
      <span className="font-medium">
        {amount
          ? t('vendor.complaints.agreed', { amount: money(amount), time })
          : t('vendor.complaints.declined', { time })}
      </span>{' '}
      <bdi>{answer}</bdi>
    </p>
  );
}
