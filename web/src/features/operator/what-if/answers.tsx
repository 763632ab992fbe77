import { useQuery } from '@tanstack/react-query';
import type { Schema } from '@tipple/api';
import { minor } from '@/lib/amount.ts';
import { moment, number, strength } from '@/lib/format.ts';
import { t, word } from '@/lib/messages.ts';
import { reasonOf } from '@/lib/refused.ts';
import { send } from '@/lib/send.ts';
import { byTheHouse } from '@/lib/session.ts';
import { card } from '@/ui/button.ts';
import { size } from '@/ui/drink-card.tsx';
import { InWords } from '@/ui/said.tsx';
import { Rulebook } from '../law/rulebook.tsx';
import { Part } from '../part.tsx';
import type { Store } from '../stores.ts';
import { instant } from './instant.ts';
import { AWAY, type Supposed } from './route.ts';

type Class = 'beer' | 'wine' | 'spirits';

/** What is asked about: a usual one of each class. */
const DRINKS: Record<Class, Schema<'Drink'>> = {
  beer: { class: 'beer', abv_bp: 500, volume_ml: 355, pack: 6 },
  wine: { class: 'wine', abv_bp: 1300, volume_ml: 750, pack: 1 },
  spirits: { class: 'spirits', abv_bp: 4000, volume_ml: 700, pack: 1 },
};
const CLASSES: Class[] = ['beer', 'wine', 'spirits'];

interface Shown {
  asked: Supposed;
  store: Store;
  /** Beside something else, one below the other. */
  beside?: boolean;
}

/** Yes or no for each class of drinks, with the reasons. */
export function Answers({ asked, store, beside }: Shown) {
  return (
    <section aria-label={t('whatIf.answers')} className="min-w-0" aria-live="polite">
      <p className={card}>
        {t('whatIf.asked', {
          store: store.name,
          time: asked.at ? moment(instant(asked.at, store.time_zone), store.time_zone) : t('whatIf.now'),
          instance: word('instance', asked.moment ?? 'placement'),
        })}
      </p>
      <div className={`mt-4 grid gap-4 ${beside ? '' : 'xl:grid-cols-3'}`}>
        {CLASSES.map((one) => (
          <Answer key={one} drink={DRINKS[one]} asked={asked} store={store} />
        ))}
      </div>
    </section>
  );
}

function Answer({ drink, asked, store }: { drink: Schema<'Drink'>; asked: Supposed; store: Store }) {
  const read = useQuery({
    queryKey: ['what-if', drink.class, asked, store.store, store.version],
    queryFn: () => send('post', '/v1/compliance/what-if', { body: sale(drink, asked, store) }),
  });
  return (
    <Part title={word('class', drink.class)} read={read} height="h-24">
      {({ allowed, reasons, minimum_age: age, rules }) => (
        <>
          <p className={`text-lg font-semibold ${allowed ? 'text-success' : 'text-danger'}`}>
            {t(allowed ? 'whatIf.yes' : 'whatIf.no')}
          </p>
          <p className="text-sm text-muted">
            {t('whatIf.drink', {
              n: number(asked.n ?? 1),
              size: size(drink),
              strength: strength(drink.abv_bp),
            })}
          </p>
          <ul className="mt-2 space-y-2">
            {reasons.map((reason) => (
              <li key={`${reason.rule} ${reason.detail}`}>
                <span className="font-medium">{word('rule', reason.rule)}</span>
                <span className="block text-sm">
                  <InWords of={reasonOf(reason)} />
                </span>
              </li>
            ))}
          </ul>
          {age != null && <p className="mt-2">{t('law.age', { n: number(age) })}</p>}
          <p className="mt-2 flex flex-wrap gap-x-3">
            {rules.map((one) => (
              <Rulebook key={one} name={one} />
            ))}
          </p>
        </>
      )}
    </Part>
  );
}

function sale(drink: Schema<'Drink'>, asked: Supposed, store: Store): Schema<'WhatIf'> {
  const { lat = store.place.lat, lon = store.place.lon, kind, born, away = AWAY } = asked;
  const at = asked.at ? instant(asked.at, store.time_zone) : new Date(byTheHouse()).toISOString();
  const amount = minor(asked.price ?? '20', store.currency) ?? 0;
  return {
    store: store.store,
    store_place: store.place,
    door_place: { lat, lon },
    moment: asked.moment ?? 'placement',
    at,
    back_by: new Date(Date.parse(at) + away * 60_000).toISOString(),
    address_kind: kind ?? null,
    date_of_birth: born ?? null,
    // At the door it is the document that counts: one of the same day that holds.
    ...(asked.moment === 'door' && born && { shown_date_of_birth: born, shown_valid_until: '2999-12-31' }),
    items: [
      {
        name: word('class', drink.class),
        drink,
        quantity: asked.n ?? 1,
        unit_price: { amount, currency: store.currency },
      },
    ],
  };
}
