import { useQuery } from '@tanstack/react-query';
import type { Schema } from '@tipple/api';
import { useState } from 'react';
import { slotsOf } from '@/features/basket/requests.ts';
import { date, span } from '@/lib/format.ts';
import { t } from '@/lib/messages.ts';
import type { Sentence } from '@/lib/said.ts';
import { send } from '@/lib/send.ts';
import { useSending } from '@/lib/sending.ts';
import { card, legend, quiet } from '@/ui/button.ts';
import { InWords, Said } from '@/ui/said.tsx';
import { Bar } from '@/ui/waiting.tsx';
import { Choice } from './choice.tsx';
import { NotThen, Why } from './not-then.tsx';

type Slot = Schema<'SlotView'>;

/** So often it is looked whether a slot has gone by, in milliseconds. */
const OFTEN = 60_000;

/** When it is wanted: as soon as possible, or within one of the hours that the house lists. */
export function When({ cart }: { cart: Schema<'CartPage'> }) {
  const { data, error, refetch, isFetching } = useQuery({
    ...slotsOf(cart.cart),
    refetchInterval: OFTEN,
  });
  const put = useSending((from: string | undefined) =>
    send('put', '/v1/cart/carts/{cart}/slot', { path: { cart: cart.cart }, body: { from } }),
  );
  // As it was pressed, while the house hears of it.
  const [pressed, setPressed] = useState<{ from?: string }>();
  const chosen = pressed ? pressed.from : cart.slot?.from;
  const choose = (from?: string) => {
    setPressed({ from });
    put.mutate(from, { onSettled: () => setPressed(undefined) });
  };
  const soon = data?.as_soon_as_possible;
  return (
    <fieldset className={card} aria-busy={isFetching}>
      <legend className={legend}>{t('when.title')}</legend>
      <div className="clear-both space-y-4 pt-3">
        {!data && !error && <Bar className="h-40 w-full" />}
        {error && (
          <p role="alert" className="text-danger">
            <Said of={error} />{' '}
            <button type="button" onClick={() => refetch()} className={quiet}>
              {t('when.again')}
            </button>
          </p>
        )}
        {data?.missing && (
          <p className="text-muted">
            <InWords of={whyNone(data.missing)} />
          </p>
        )}
        {soon && (
          <div>
            <Choice
              group="when"
              checked={chosen === undefined}
              disabled={!soon.available}
              choose={() => choose()}
            >
              {t('when.soon')}
            </Choice>
            {!soon.available && <Why reasons={soon.reasons} />}
          </div>
        )}
        {data &&
          soon &&
          byDay(data.slots, data.time_zone).map(([day, slots]) => (
            <Day key={day} day={day} slots={slots} zone={data.time_zone} chosen={chosen} choose={choose} />
          ))}
        {soon && !data.slots.some(({ available }) => available) && (
          <p className="text-muted">{t(soon.available ? 'when.onlySoon' : 'when.never')}</p>
        )}
        {put.error && (
          <p role="alert" className="text-danger">
            <Said of={put.error} />
          </p>
        )}
      </div>
    </fieldset>
  );
}

/** Why no times can be told. */
function whyNone({ code, detail }: Schema<'SlotsMissing'>): Sentence {
  if (code === 'no-destination') return { text: t('when.missing') };
  return code === 'out-of-zone' ? { text: t('obstacle.out-of-zone') } : { text: detail, foreign: true };
}

interface DayShown {
  day: string;
  slots: Slot[];
  zone: string;
  chosen?: string;
  choose: (from: string) => void;
}

/** A day's hours: those that can be chosen, and then the others with the reasons. */
function Day({ day, slots, zone, chosen, choose }: DayShown) {
  const free = slots.filter(({ available }) => available);
  return (
    <section aria-label={day}>
      <h2 className="text-base font-semibold">{day}</h2>
      {free.length > 0 && (
        <ul className="mt-2 grid grid-cols-[repeat(auto-fill,minmax(9rem,1fr))] gap-2 sm:grid-cols-[repeat(auto-fill,minmax(10.5rem,1fr))]">
          {free.map(({ from, until }) => (
            <li key={from}>
              <Choice
                group="when"
                checked={Date.parse(chosen ?? '') === Date.parse(from)}
                choose={() => choose(from)}
              >
                <span className="sr-only">{`${day}, `}</span>
                {span(from, until, zone)}
              </Choice>
            </li>
          ))}
        </ul>
      )}
      <NotThen slots={slots.filter(({ available }) => !available)} zone={zone} />
    </section>
  );
}

/** By the store's calendar, in turn. */
function byDay(slots: Slot[], zone: string): [string, Slot[]][] {
  const days = new Map<string, Slot[]>();
  for (const slot of slots) {
    const day = date(slot.from, zone);
    days.set(day, [...(days.get(day) ?? []), slot]);
  }
  return [...days];
}
