import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { Schema } from '@tipple/api';
import { useState } from 'react';
import { money } from '@/lib/format.ts';
import { t } from '@/lib/messages.ts';
import { send } from '@/lib/send.ts';
import { useSending } from '@/lib/sending.ts';
import { Bill } from '@/ui/bill.tsx';
import { card, primary, quiet } from '@/ui/button.ts';
import { Quantity } from '@/ui/quantity.tsx';
import { Said } from '@/ui/said.tsx';
import { Bar } from '@/ui/waiting.tsx';
import { IfMissing } from './if-missing.tsx';
import { InTheWay, PricesChanged } from './in-the-way.tsx';
import { cartOf, usePutLine } from './requests.ts';

/** One store's basket, with every amount explained and what stands in the way. */
export function CartShown({ cart }: { cart: Schema<'Cart'> }) {
  const { data: page, error, isFetching } = useQuery(cartOf(cart.cart));
  const put = usePutLine(cart.cart);
  const drop = useSending(() => send('delete', '/v1/cart/carts/{cart}', { path: { cart: cart.cart } }));
  const [gone, setGone] = useState<{ name: string } & Parameters<typeof put.mutate>[0]>();
  const wishOf = (product: string) =>
    (page ?? cart).lines.find((line) => line.product === product)?.if_missing ?? 'none';
  const change = (line: Schema<'QuotedLine'>, quantity: number) => {
    const { product, name, quantity: was, unit_price: seen_price } = line;
    put.mutate({ product, quantity });
    const before = { product, name, quantity: was, if_missing: wishOf(product), seen_price };
    setGone(quantity === 0 ? before : undefined);
  };
  const failed = error ?? put.error ?? drop.error;
  return (
    <section
      aria-label={cart.store_name}
      aria-busy={isFetching}
      className={`${card} mt-6 grid gap-6 md:grid-cols-[1fr_20rem]`}
    >
      <div className="min-w-0">
        <h2 className="text-xl [overflow-wrap:anywhere]">
          <Link to="/s/$store" params={{ store: cart.store }} className="hover:underline">
            {cart.store_name}
          </Link>
        </h2>
        {page && (
          <div className="mt-2 space-y-2">
            <PricesChanged cart={page} />
            <InTheWay cart={cart.cart} problems={page.problems.filter(ofLine)} />
          </div>
        )}
        <ul className="mt-2 divide-y divide-hairline">
          {page?.quote?.lines.map((line) => (
            <Line
              key={line.product}
              line={line}
              wish={wishOf(line.product)}
              busy={put.isPending}
              change={change}
              choose={(if_missing) =>
                put.mutate({ product: line.product, quantity: line.quantity, if_missing })
              }
            />
          ))}
          {!page && !error && cart.lines.map((line) => <ComingLine key={line.product} />)}
        </ul>
        {gone && (
          <p role="status" className="mt-2 [overflow-wrap:anywhere]">
            {t('basket.removed', { name: gone.name })}{' '}
            <button
              type="button"
              className={quiet}
              onClick={() => {
                put.mutate(gone);
                setGone(undefined);
              }}
            >
              {t('basket.undo')}
            </button>
          </p>
        )}
        <button type="button" onClick={() => drop.mutate(undefined)} className={quiet}>
          {t('basket.drop')}
        </button>
      </div>
      <div className="min-w-0 space-y-4">
        {page?.quote && <Bill quote={page.quote} />}
        {!page && !error && <Bar className="h-48 w-full" />}
        {page && <InTheWay cart={cart.cart} problems={page.problems.filter((one) => !ofLine(one))} />}
        {failed && (
          <p role="alert" className="text-danger">
            <Said of={failed} />
          </p>
        )}
        {page && page.lines.length > 0 && <ToCheckout page={page} />}
      </div>
    </section>
  );
}

/** It is about one line, and said above the lines. */
const ofLine = ({ product }: Schema<'CartProblem'>) => !!product;

/** On to the checkout, where the house lets one go on; else what to do first. */
function ToCheckout({ page: { cart, can } }: { page: Schema<'CartPage'> }) {
  if (can.includes('proceed')) {
    return (
      <Link to="/checkout/$cart" params={{ cart }} className={`${primary} w-full`}>
        {t('basket.checkout')}
      </Link>
    );
  }
  return (
    <div>
      <button type="button" disabled aria-describedby={`not-yet-${cart}`} className={`${primary} w-full`}>
        {t('basket.checkout')}
      </button>
      <p id={`not-yet-${cart}`} className="mt-2 text-sm text-muted">
        {t('basket.notYet')}
      </p>
    </div>
  );
}

/** A line, and what keeps its place: both wrap alike. */
const row = 'flex flex-wrap items-center justify-between gap-3 py-3';
const named = 'min-w-0 flex-1 basis-48';

/** As high as a line is. */
function ComingLine() {
  return (
    <li className={row}>
      <div className={named}>
        <Bar className="h-6 w-3/4" />
        <Bar className="h-5 w-1/3" />
      </div>
      <Bar className="h-11 w-40" />
      <Bar className="h-6 w-24" />
      <Bar className="h-11 w-full" />
    </li>
  );
}

interface LineShown {
  line: Schema<'QuotedLine'>;
  wish: Schema<'IfMissing'>;
  busy: boolean;
  change: (line: Schema<'QuotedLine'>, quantity: number) => void;
  choose: (wish: Schema<'IfMissing'>) => void;
}

function Line({ line, wish, busy, change, choose }: LineShown) {
  return (
    <li className={row}>
      <div className={named}>
        <Link
          to="/p/$product"
          params={{ product: line.product }}
          className="font-medium [overflow-wrap:anywhere] underline"
        >
          <bdi>{line.name}</bdi>
        </Link>
        <p className="text-sm text-muted tabular-nums">
          {t('basket.each', { price: money(line.unit_price) })}
        </p>
      </div>
      <Quantity
        name={line.name}
        quantity={line.quantity}
        busy={busy}
        change={(quantity) => change(line, quantity)}
      />
      <p className="w-24 text-end font-semibold tabular-nums">{money(line.total)}</p>
      <IfMissing name={line.name} wish={wish} busy={busy} choose={choose} />
    </li>
  );
}
