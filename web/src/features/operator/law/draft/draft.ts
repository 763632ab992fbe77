/** A rulebook that is not kept yet: what the fields say, and what is set beside them. */
import type { Schema } from '@tipple/api';
import { minor } from '@/lib/amount.ts';
import { type Row, row } from '../../rows.ts';
import { KINDS } from '../../what-if/route.ts';

export type Rules = Schema<'Rules'>;
export type Hours = Schema<'Hours'>;

export const CLASSES = ['beer', 'wine', 'spirits'] as const;
export type Class = (typeof CLASSES)[number];

/** What is no field of its own. */
export interface Chosen {
  hours: Record<Class, Hours>;
  /** None: whenever it may be sold. */
  delivery?: Hours;
  days: string[];
  zones: Row<Schema<'DryZone'>>[];
}

const NEVER: Hours = { week: Array.from({ length: 7 }, () => []), exceptions: {} };

/** Where there are no rules yet nothing may be sold until somebody says so. */
export const chosenOf = (rules?: Rules): Chosen => ({
  hours: {
    beer: rules?.beer.sale_hours ?? NEVER,
    wine: rules?.wine.sale_hours ?? NEVER,
    spirits: rules?.spirits.sale_hours ?? NEVER,
  },
  delivery: rules?.delivery_hours ?? undefined,
  days: rules?.dry_days ?? [],
  zones: (rules?.dry_zones ?? []).map(row),
});

export function told(fields: Record<string, string>, { hours, delivery, days, zones }: Chosen): Rules {
  const count = (name: string) => (fields[name]?.trim() ? Number(fields[name]) : null);
  const limits = (name: string): Schema<'Limits'> => ({
    containers: count(`${name}.containers`),
    millilitres: count(`${name}.millilitres`),
    pure_alcohol_millilitres: count(`${name}.pure_alcohol_millilitres`),
  });
  const ofClass = (one: Class): Schema<'ClassRules'> => ({
    minimum_age: Number(fields[`rules.${one}.minimum_age`]),
    sale_hours: hours[one],
    limits: limits(`rules.${one}.limits`),
  });
  const leap = fields['rules.leap_day_birthday'];
  return {
    beer: ofClass('beer'),
    wine: ofClass('wine'),
    spirits: ofClass('spirits'),
    ...(delivery && { delivery_hours: delivery }),
    dry_days: days.toSorted(),
    dry_zones: zones.map((zone, at) => zoneOf(zone, at, fields)),
    forbidden_address_kinds: KINDS.filter((kind) => fields[`kind-${kind}`]),
    limits: limits('rules.limits'),
    price_floor: floorOf(fields),
    ...(leap && { leap_day_birthday: leap as Schema<'LeapDay'> }),
    last_dispatch_margin_minutes: Number(fields['rules.last_dispatch_margin_minutes']),
  };
}

function zoneOf({ of }: Chosen['zones'][number], at: number, fields: Record<string, string>) {
  const field = (name: string) => fields[`rules.dry_zones[${at}].${name}`]?.trim() ?? '';
  const place = { lat: Number(field('lat')), lon: Number(field('lon')) };
  return {
    name: field('name'),
    // One with corners is drawn elsewhere: here it stays as it is.
    zone:
      of?.zone.shape === 'polygon'
        ? of.zone
        : { shape: 'radius' as const, centre: place, metres: Number(field('metres')) },
  };
}

function floorOf(fields: Record<string, string>): Schema<'PriceFloor'> | null {
  const text = fields['rules.price_floor.amount']?.trim();
  if (!text) return null;
  const currency = fields['rules.price_floor.currency']?.trim().toUpperCase() ?? '';
  return {
    // The house refuses what is no amount, and says so.
    amount: { amount: minor(text, currency) ?? 0, currency },
    per_millilitres: Number(fields['rules.price_floor.per_millilitres']),
  };
}
