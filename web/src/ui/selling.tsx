import type { Schema } from '@tipple/api';
import { useSyncExternalStore } from 'react';
import { moment } from '@/lib/format.ts';
import { type Key, t, word } from '@/lib/messages.ts';

type Store = Pick<Schema<'CatalogueStoreView'>, 'sells' | 'time_zone'>;

/** Beer, wine and spirits. */
const CLASSES = 3;

interface Shown {
  store: Store;
  className: string;
  /** The first thing alone, in one line. */
  short?: boolean;
}

/** Whether a store sells now, to the visitor's door where that is known, and why not and from when, in words. */
export function Selling({ store, className, short }: Shown) {
  const { sells } = store;
  const time = useTime(store.time_zone);
  const told = sells.reasons.map((reason) => toldOf(reason, time(reason.until)));
  if (sells.now) told.unshift(t(sells.reaches ? 'sells.now' : 'store.open'));
  const from = time(sells.from);
  // A store that is only closed has said when it opens.
  const said = sells.reasons.length === 1 && sells.reasons[0]?.until === sells.from;
  if (from && !said) told.push(t('sells.from', { time: from }));
  return (
    <p className={`font-medium text-muted ${className}`}>
      {told.slice(0, short ? 1 : undefined).map((one, place) => (
        <span key={one} className={`block ${sells.now && place === 0 ? 'text-success' : ''}`}>
          {one}
        </span>
      ))}
    </p>
  );
}

function toldOf({ code, classes }: Schema<'NotSold'>, until: string | undefined): string {
  if (code === 'closed') return until ? t('store.opens', { time: until }) : t('store.closed');
  if (code === 'outside-zone') return t('offer.far');
  const all = classes.length === CLASSES;
  const what = all ? t('sells.alcohol') : classes.map((one) => word('class', one)).join(', ');
  const told = t(`sells.${code}` as Key, { what });
  return until && code !== 'not-licensed' ? t('sells.until', { what: told, time: until }) : told;
}

/** As long as a date with an hour, and broken where one is. */
const ROOM = [3, 3, 5, 7].map((letters) => '\u2007'.repeat(letters)).join(' ');

/** Says times; where the house writes the page nobody knows of time zones, so the hour comes a moment later, into its place. */
function useTime(zone: string) {
  const inBrowser = useSyncExternalStore(
    () => () => {},
    () => true,
    () => false,
  );
  return (at: string | null | undefined) => (at ? (inBrowser ? moment(at, zone) : ROOM) : undefined);
}
