import { useQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import { moment, within } from '@/lib/format.ts';
import { t, word } from '@/lib/messages.ts';
import { reading } from '@/lib/reading.ts';
import { primary, quiet } from '@/ui/button.ts';
import { Changes } from '@/ui/changes.tsx';
import { ProblemPage } from '@/ui/problem.tsx';
import { Stale } from '@/ui/stale.tsx';
import { Waiting } from '@/ui/waiting.tsx';
import { Line } from './line.tsx';

const route = getRouteApi('/vendor/orders/$order/slip');

/** What goes on the bag: narrow enough for a printer of receipts. */
export function Page(): React.ReactNode {
  const id = route.useParams().order;
  const {
    data: order,
    error,
    refetch,
  } = useQuery(reading('/v1/orders/orders/{order}', { path: { order: id } }));
  if (error && !order) return <ProblemPage error={error} again={refetch} />;
  if (!order) return <Waiting />;
  return (
    <>
      <div className="print:hidden">
        <Stale error={error} />
      </div>
      <p className="mb-4 flex flex-wrap items-center gap-4 print:hidden">
        <button type="button" onClick={() => window.print()} className={primary}>
          {t('slip.print')}
        </button>
        <Link to="/vendor/orders" className={`${quiet} inline-flex items-center`}>
          {t('slip.back')}
        </Link>
      </p>
      <article className="max-w-96 rounded-md border border-hairline bg-surface p-5 print:max-w-[80mm] print:border-0 print:p-0">
        <header className="border-b border-ink pb-3">
          <h1 className="text-4xl tabular-nums">{order.number}</h1>
          <p className="text-lg font-semibold [overflow-wrap:anywhere]">
            <bdi>{order.recipient}</bdi>
          </p>
          {order.slot && (
            <p className="font-semibold">
              {within(order.slot.from, order.slot.until, order.store.time_zone)}
            </p>
          )}
          <p className="text-sm">
            {moment(order.placed_at, order.store.time_zone)}
            <span className="print:hidden"> · {word('state', order.state)}</span>
          </p>
        </header>
        <ul className="divide-y divide-hairline">
          {order.lines.map((line) => (
            <li key={line.line} className="flex items-baseline gap-3 py-2">
              <span aria-hidden="true" className="size-4 shrink-0 self-center border border-ink" />
              <Line line={line} />
            </li>
          ))}
        </ul>
        <Changes
          changes={order.changes}
          agreed={order.agreed}
          total={order.total}
          className="border-t border-ink py-3 text-sm"
        />
        <footer className="border-t border-ink pt-3 text-sm">
          <p className="font-semibold">{t('slip.pieces', { n: pieces(order.lines) })}</p>
          <p className="mt-2 [overflow-wrap:anywhere]">
            <bdi>{order.destination.address}</bdi>
          </p>
          {order.destination.instructions && (
            <p className="[overflow-wrap:anywhere]">
              <bdi>{order.destination.instructions}</bdi>
            </p>
          )}
          <p className="mt-2 font-semibold">{t('slip.id')}</p>
          <p className="mt-2">
            {order.store.name}
            <br />
            <bdi>{order.store.address}</bdi>
          </p>
        </footer>
      </article>
    </>
  );
}

const pieces = (lines: { quantity: number }[]) => lines.reduce((sum, { quantity }) => sum + quantity, 0);
