import { useRef, useState } from 'react';
import { minor, typed } from '@/lib/amount.ts';
import { money, number } from '@/lib/format.ts';
import { t, word } from '@/lib/messages.ts';
import { secondary } from '@/ui/button.ts';
import { size } from '@/ui/drink-card.tsx';
import { useMay, useStore } from '../stores.ts';
import { Cell } from './cell.tsx';
import { type Done, useChanges } from './changes.ts';
import { Count } from './count.tsx';
import { ForSale } from './for-sale.tsx';
import type { Row } from './rows.ts';

/** How stock stands, with a sign besides the colour. */
const LOOKS = {
  in_stock: ['●', 'text-success'],
  low: ['▲', 'text-warn'],
  out: ['✕', 'text-danger'],
} as const;

/** In a row on a desk; on a telephone under what the column is called. */
const cell = 'px-2 py-2 max-md:block max-md:px-0 max-md:py-0';
const end = `${cell} md:text-end`;

/** One product: its price, how much there is of it, from when on one is warned. */
export function ProductRow({ row: { listing, stock }, done }: { row: Row; done: (done: Done) => void }) {
  const { store, currency } = useStore();
  const decides = useMay()('put_listing');
  const changes = useChanges(store);
  const [counting, setCounting] = useState(false);
  const counted = useRef<HTMLButtonElement>(null);
  const { name } = listing;
  const [sign, colour] = LOOKS[stock?.stock ?? listing.stock];

  async function setPrice(text: string) {
    const next = await changes.list(listing, { price: minor(text, currency) });
    done({
      text: t('products.done.price', { name, before: money(listing.price), after: money(next.price) }),
      undo: async () => void (await changes.list(next, { price: listing.price.amount })),
    });
  }

  async function setThreshold(text: string) {
    if (!stock) return;
    const next = await changes.warnFrom(stock, Number(text));
    done({
      text: t('products.done.threshold', { name, before: stock.low_threshold, after: next.low_threshold }),
      undo: async () => void (await changes.warnFrom(next, stock.low_threshold)),
    });
  }

  return (
    <>
      <tr className="border-t border-hairline align-top max-md:grid max-md:grid-cols-2 max-md:gap-x-4 max-md:gap-y-2 max-md:py-4 max-md:first:border-t-0">
        <th scope="row" className={`${cell} col-span-2 text-start font-normal`}>
          <span>
            <span className="font-medium [overflow-wrap:anywhere]">
              <bdi>{name}</bdi>
            </span>
            <span className="block text-sm text-muted [overflow-wrap:anywhere]">
              <bdi>{listing.producer}</bdi> · {size(listing)}
            </span>
          </span>
        </th>
        <td className={end}>
          <Label text={t('products.price', { currency })} />
          <div>
            {decides ? (
              <Cell
                column="price"
                label={t('products.priceOf', { name })}
                value={typed(listing.price)}
                valid={(text) => (minor(text, currency) ?? 0) > 0}
                save={setPrice}
              />
            ) : (
              money(listing.price)
            )}
          </div>
        </td>
        <td className={cell}>
          <Label text={t('products.forSale')} />
          <ForSale listing={listing} done={done} />
        </td>
        <td className={end}>
          <Label text={t('products.onHand')} />
          <div className="tabular-nums md:py-2 md:whitespace-nowrap">
            <span className={`font-semibold ${colour}`}>
              <span aria-hidden="true">{sign}</span>{' '}
              <span className="text-sm">{word('stock', stock?.stock ?? listing.stock)}</span>
            </span>{' '}
            <span className="inline-block min-w-8 text-lg font-bold">{number(stock?.on_hand ?? 0)}</span>
            {stock && stock.free !== stock.on_hand && (
              <span className="block text-sm text-muted">{t('products.free', { n: stock.free })}</span>
            )}
          </div>
        </td>
        <td className={end}>
          <Label text={t('products.threshold')} />
          <div>
            {stock && (
              <Cell
                column="threshold"
                label={t('products.thresholdOf', { name })}
                value={String(stock.low_threshold)}
                valid={(text) => /^\d{1,7}$/.test(text.trim())}
                save={setThreshold}
              />
            )}
          </div>
        </td>
        <td className={`${end} col-span-2`}>
          <button
            ref={counted}
            type="button"
            aria-expanded={counting}
            aria-label={t('count.openOf', { name })}
            onClick={() => setCounting(!counting)}
            className={`${secondary} px-4 max-md:w-full`}
          >
            {t('count.open')}
          </button>
        </td>
      </tr>
      {counting && (
        <tr className="max-md:block">
          <td colSpan={6} className="px-2 pb-4 max-md:block max-md:px-0">
            <Count
              product={listing.product}
              name={name}
              stock={stock}
              done={done}
              close={() => {
                setCounting(false);
                // Who was in the fields that are gone goes on where they were opened.
                counted.current?.focus();
              }}
            />
          </td>
        </tr>
      )}
    </>
  );
}

/** What the column is called, where there is no heading above it. */
function Label({ text }: { text: string }) {
  return (
    <span aria-hidden="true" className="block text-sm text-muted md:hidden">
      {text}
    </span>
  );
}
