import type { Schema } from '@tipple/api';
import type { ReactNode } from 'react';
import { day, money, number, volume } from '@/lib/format.ts';
import { t, word } from '@/lib/messages.ts';
import { card } from '@/ui/button.ts';
import { Opening } from './opening.tsx';

type Book = Schema<'Rules'>;
const CLASSES = ['beer', 'wine', 'spirits'] as const;

/** What a rulebook says, in words. */
export function Rules({ rules }: { rules: Book }) {
  return (
    <>
      <div className="mt-4 grid gap-4 md:grid-cols-3">
        {CLASSES.map((one) => (
          <Class key={one} name={word('class', one)} rules={rules[one]} />
        ))}
      </div>
      <section aria-label={t('law.all')} className={`${card} mt-4`}>
        <h3 className="mb-3 text-lg">{t('law.all')}</h3>
        <dl className="grid gap-x-6 gap-y-4 md:grid-cols-2">
          {general(rules).map(([name, said]) => (
            <div key={name} className="min-w-0">
              <dt className="text-sm text-muted">{name}</dt>
              <dd>{said}</dd>
            </div>
          ))}
        </dl>
      </section>
    </>
  );
}

function Class({ name, rules }: { name: string; rules: Schema<'ClassRules'> }) {
  return (
    <section aria-label={name} className={`${card} min-w-0`}>
      <h3 className="text-lg">{name}</h3>
      <p className="mt-2">{t('law.age', { n: number(rules.minimum_age) })}</p>
      <h4 className="mt-3 text-sm text-muted">{t('law.hours')}</h4>
      <Opening hours={rules.sale_hours} none={t('law.forbidden')} />
      <h4 className="mt-3 text-sm text-muted">{t('law.most')}</h4>
      <Most limits={rules.limits} />
    </section>
  );
}

/** All that a rulebook says, one after another, to be put beside another one. */
export function partsOf(rules: Book): Part[] {
  return [
    ...CLASSES.flatMap((one): Part[] => {
      const { minimum_age: age, sale_hours: hours, limits } = rules[one];
      const name = (part: string) => t('law.part', { class: word('class', one), part });
      return [
        [name(t('law.least')), t('law.age', { n: number(age) })],
        [name(t('law.hours')), <Opening key="hours" hours={hours} none={t('law.forbidden')} />],
        [name(t('law.most')), <Most key="most" limits={limits} />],
      ];
    }),
    ...general(rules),
  ];
}

type Part = [name: string, said: ReactNode];

/** The same as values that can be compared, in the same order: what is absent and what is empty are alike. */
export function valuesOf(rules: Book): unknown[] {
  const hours = (of: Schema<'Hours'> | undefined) =>
    of && [of.week, Object.entries(of.exceptions ?? {}).sort()];
  const most = (of: Schema<'Limits'> | undefined) =>
    [of?.containers, of?.millilitres, of?.pure_alcohol_millilitres].map((limit) => limit ?? null);
  return [
    ...CLASSES.flatMap((one) => [
      rules[one].minimum_age,
      hours(rules[one].sale_hours),
      most(rules[one].limits),
    ]),
    most(rules.limits),
    hours(rules.delivery_hours) ?? null,
    rules.last_dispatch_margin_minutes ?? 0,
    rules.dry_days ?? [],
    (rules.dry_zones ?? []).map(({ name, zone }) => [name, zoneText(zone)]),
    (rules.forbidden_address_kinds ?? []).toSorted(),
    rules.price_floor
      ? [
          rules.price_floor.amount.amount,
          rules.price_floor.amount.currency,
          rules.price_floor.per_millilitres,
        ]
      : null,
    rules.leap_day_birthday ?? null,
  ];
}

const zoneText = (zone: Schema<'Zone'>) =>
  zone.shape === 'radius'
    ? [zone.centre.lat, zone.centre.lon, zone.metres]
    : zone.corners.map(({ lat, lon }) => [lat, lon]);

function general(rules: Book): Part[] {
  const floor = rules.price_floor;
  const margin = rules.last_dispatch_margin_minutes ?? 0;
  return [
    [t('law.most.all'), <Most key="most" limits={rules.limits} />],
    [
      t('law.deliveryHours'),
      rules.delivery_hours ? (
        <Opening key="hours" hours={rules.delivery_hours} none={t('law.forbidden')} />
      ) : (
        t('law.deliveryHours.same')
      ),
    ],
    [t('law.margin'), t('law.minutes', { n: margin })],
    [t('law.dryDays'), listed(rules.dry_days?.map(day))],
    [t('law.dryZones'), listed(rules.dry_zones?.map(({ name }) => name))],
    [t('law.kinds'), listed(rules.forbidden_address_kinds?.map((kind) => word('address', `kind.${kind}`)))],
    [
      t('law.floor'),
      floor
        ? t('law.floor.each', { amount: money(floor.amount), volume: volume(floor.per_millilitres) })
        : t('law.no'),
    ],
    [t('law.leap'), rules.leap_day_birthday ? word('leap', rules.leap_day_birthday) : t('law.no')],
  ];
}

function listed(all: string[] | undefined): ReactNode {
  if (!all?.length) return t('law.no');
  return (
    <ul>
      {all.map((one) => (
        <li key={one}>
          <bdi>{one}</bdi>
        </li>
      ))}
    </ul>
  );
}

function Most({ limits }: { limits?: Schema<'Limits'> }) {
  const { containers, millilitres, pure_alcohol_millilitres: pure } = limits ?? {};
  const said = [
    containers != null && t('law.most.containers', { n: containers }),
    millilitres != null && t('law.most.volume', { volume: volume(millilitres) }),
    pure != null && t('law.most.pure', { volume: volume(pure) }),
  ].filter((text): text is string => typeof text === 'string');
  return said.length === 0 ? <p>{t('law.most.none')}</p> : <p>{said.join(', ')}</p>;
}
