/** Changes of one row: each says what somebody else did meanwhile, and can be taken back. */
import { t } from '@/lib/messages.ts';
import { Failed } from '@/lib/network.ts';
import { ifMatch, send } from '@/lib/send.ts';
import { type Listing, type Stock, useRowStore } from './rows.ts';

/** Somebody else was faster: what it is by now. */
export class Overtaken extends Error {}

/** What was done last, and how to take it back. */
export interface Done {
  text: string;
  undo: () => Promise<void>;
}

const stale = (failed: unknown) => failed instanceof Failed && failed.problem.code === 'stale-version';

export function useChanges(store: string) {
  const rows = useRowStore(store);

  /** Sets the price or whether it is sold. What else was changed of the listing meanwhile stays. */
  async function list(was: Listing, change: { price?: number; listed?: boolean }): Promise<Listing> {
    const put = ({ product, listing_version, ...now }: Listing) =>
      send('put', '/v1/catalogue/stores/{store}/listings/{product}', {
        path: { store, product },
        header: ifMatch(listing_version),
        body: {
          price_minor: change.price ?? now.price.amount,
          tax_class: now.tax_class,
          deposit_minor: now.deposit?.amount,
          active: change.listed ?? now.listed,
        },
      });
    const next = await put(was).catch(async (failed) => {
      if (!stale(failed)) throw failed;
      const now = await rows.listingOf(was.product);
      if (!now) throw failed;
      if (change.price !== undefined && now.price.amount !== was.price.amount) throw new Overtaken();
      return put(now);
    });
    rows.listed(next);
    return next;
  }

  async function warnFrom(was: Stock, low_threshold: number): Promise<Stock> {
    const put = ({ product, version }: Stock) =>
      send('put', '/v1/catalogue/stores/{store}/stock/{product}/threshold', {
        path: { store, product },
        header: ifMatch(version),
        body: { low_threshold },
      });
    const next = await put(was).catch(async (failed) => {
      if (!stale(failed)) throw failed;
      const now = await rows.stockOf(was.product);
      if (!now) throw failed;
      if (now.low_threshold !== was.low_threshold) throw new Overtaken();
      return put(now);
    });
    rows.stocked(next);
    return next;
  }

  /** A count holds for the stock that was seen; what came or went adds up whatever others do. */
  async function move(
    product: string,
    movement: { kind: 'receipt' | 'write_off' | 'count'; quantity: number; reason?: string },
    seen?: number,
  ): Promise<Stock> {
    const header = movement.kind === 'count' && seen !== undefined ? ifMatch(seen) : undefined;
    const path = { store, product };
    try {
      const next = await send('post', '/v1/catalogue/stores/{store}/stock/{product}/movements', {
        path,
        header,
        body: movement,
      });
      rows.stocked(next);
      return next;
    } catch (failed) {
      if (!stale(failed)) throw failed;
      await rows.stockOf(product);
      throw new Overtaken();
    }
  }

  return {
    list,
    warnFrom,
    move,
    /** Counts it back to what it was before, unless something moved since. */
    uncount: (was: number, { product, version }: Stock) =>
      move(product, { kind: 'count', quantity: was, reason: t('products.undone') }, version),
  };
}
