import { useQuery } from '@tanstack/react-query';
import { getRouteApi, Link, useNavigate } from '@tanstack/react-router';
import { InTheWay, PricesChanged } from '@/features/basket/in-the-way.tsx';
import { cartOf, slotsOf } from '@/features/basket/requests.ts';
import { recount } from '@/lib/basket.ts';
import { money, within } from '@/lib/format.ts';
import { part } from '@/lib/lazily.ts';
import { t } from '@/lib/messages.ts';
import { Bill } from '@/ui/bill.tsx';
import { card, primary, quiet } from '@/ui/button.ts';
import { Empty } from '@/ui/empty.tsx';
import { Later } from '@/ui/later.tsx';
import { ProblemPage } from '@/ui/problem.tsx';
import { Said } from '@/ui/said.tsx';
import { Stale } from '@/ui/stale.tsx';
import { Bar, Waiting } from '@/ui/waiting.tsx';
import { Door } from './door.tsx';
import { usePlacing } from './placing.ts';

const Extras = part(() => import('./extras.tsx'), 'extras', 'reasons');

const route = getRouteApi('/shop/checkout/$cart');

/** Where to, what for, and what it costs: one page, and nothing asked twice. */
export function Page(): React.ReactNode {
  const id = route.useParams().cart;
  const navigate = useNavigate();
  const { data: page, error, refetch, isFetching } = useQuery({ ...cartOf(id), staleTime: 0 });
  const { data: slots } = useQuery({ ...slotsOf(id), enabled: page !== undefined && !page.order });
  const place = usePlacing(id, ({ order, payment }) => {
    // It is in no basket any more.
    if (page) recount(page, { lines: [] });
    if (payment.pay_url) location.assign(payment.pay_url);
    else return navigate({ to: '/orders/$order', params: { order: order.order } });
  });
  if (error && !page) return <ProblemPage error={error} again={refetch} />;
  if (!page) return <Waiting />;
  if (page.order) {
    return (
      <Empty heading="h1" title={t('checkout.placed')} text={t('checkout.placed.text')}>
        <Link to="/orders/$order" params={{ order: page.order }} className={primary}>
          {t('checkout.toOrder')}
        </Link>
      </Empty>
    );
  }
  const wishOf = (product: string) => page.lines.find((line) => line.product === product)?.if_missing;
  const zone = slots?.time_zone;
  const ready = page.can.includes('check_out') && page.quote;
  return (
    <>
      <h1>{t('checkout.title')}</h1>
      <Stale error={error} />
      <p className="mt-1 text-muted">{t('checkout.from', { store: page.store_name })}</p>
      <div className="mt-6 grid gap-6 lg:grid-cols-[1fr_24rem]">
        <div className="space-y-6">
          <Door cart={page} />
          <Later room={<Bar className="h-[40rem] w-full" />}>
            <Extras cart={page} />
          </Later>
        </div>
        <section className={`${card} space-y-4 self-start lg:sticky lg:top-24`} aria-busy={isFetching}>
          <h2 className="text-xl">{t('checkout.sum')}</h2>
          <ul className="text-sm">
            {page.quote?.lines.map((line) => (
              <li key={line.product} className="flex justify-between gap-3 py-0.5">
                <span className="[overflow-wrap:anywhere]">
                  {t('checkout.line', { n: line.quantity, name: line.name })}
                  {wishOf(line.product) === 'best_match' && (
                    <span className="block text-muted">{t('missing.replaced')}</span>
                  )}
                </span>
                <span className="tabular-nums">{money(line.total)}</span>
              </li>
            ))}
          </ul>
          {page.quote && <Bill quote={page.quote} />}
          <p className="flex justify-between gap-3 border-t border-hairline pt-3">
            <span>{t('when.title')}</span>
            <span className="text-end font-semibold">
              {page.slot ? zone && within(page.slot.from, page.slot.until, zone) : t('when.soon')}
            </span>
          </p>
          <PricesChanged cart={page} />
          <InTheWay cart={id} problems={page.problems} />
          <p className="text-sm text-muted">{t('order.door')}</p>
          {place.error && (
            <p role="alert" className="text-danger">
              <Said of={place.error} />
            </p>
          )}
          <button
            type="button"
            disabled={!ready}
            aria-busy={place.isPending}
            onClick={() => {
              // What has changed meanwhile stands beside why it was refused.
              const onError = () => void refetch();
              const seen = page.quote && { total: page.quote.total, slot: page.slot };
              if (seen && !place.isPending) place.mutate(seen, { onError });
            }}
            className={`${primary} w-full`}
          >
            {place.isPending
              ? t('form.busy')
              : page.quote
                ? t('checkout.place', { total: money(page.quote.total) })
                : t('checkout.title')}
          </button>
          <p className="text-center">
            <Link to="/basket" className={quiet}>
              {t('checkout.back')}
            </Link>
          </p>
        </section>
      </div>
    </>
  );
}
