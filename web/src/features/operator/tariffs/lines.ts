/** A tariff in words, and how one differs from another. */
import { distance, money, number, percent } from '@/lib/format.ts';
import { t, word } from '@/lib/messages.ts';
import type { Change } from '../review.tsx';
import { perLitre } from './amounts.ts';
import type { Tariff } from './tariff.ts';

export type Line = [name: string, text: string];

/** Each with a name of its own: two duties may be called the same. */
export function linesOf(tariff: Tariff): Line[] {
  const seen = new Map<string, number>();
  return said(tariff).map(([name, text]) => {
    const times = (seen.get(name) ?? 0) + 1;
    seen.set(name, times);
    return [times > 1 ? t('tariffs.again', { name, n: times }) : name, text];
  });
}

function said(tariff: Tariff): Line[] {
  const { currency, delivery, service } = tariff;
  const amount = (value: number) => money({ amount: value, currency });
  const yes = (it?: boolean) => t(it ? 'tariffs.yes' : 'tariffs.no');
  return [
    [t('tariffs.currency'), currency],
    [t('tariffs.included'), yes(tariff.prices_include_tax)],
    [t('tariffs.onExcise'), yes(tariff.tax_on_excise)],
    ...tariff.tax_classes.map(
      ({ name, rates }): Line => [
        t('tariffs.classOf', { name }),
        rates.map((rate) => owed(rate, percent(rate.ppm))).join(', ') || t('tariffs.untaxed'),
      ],
    ),
    ...(tariff.excise ?? []).map(
      (one): Line => [
        t('tariffs.exciseOf', { name: one.label, class: word('class', one.class) }),
        owed(
          { ...one, label: '' },
          t(one.per === 'volume' ? 'tariffs.perLitre' : 'tariffs.perLitre.pure', {
            amount: `${number(perLitre(one.micros_per_litre, currency), 8)} ${currency}`,
          }),
        ),
      ],
    ),
    [t('tariffs.feeClass'), tariff.fee_tax_class ?? t('tariffs.untaxed')],
    [t('tariffs.base'), amount(delivery.base)],
    [t('tariffs.perKm'), amount(delivery.per_km)],
    [t('tariffs.freeMetres'), distance(delivery.free_metres)],
    [t('tariffs.freeFrom'), delivery.free_from == null ? t('tariffs.never') : amount(delivery.free_from)],
    [t('tariffs.share'), percent(service.ppm)],
    [t('tariffs.least'), amount(service.least)],
    [t('tariffs.most'), amount(service.most)],
    [t('tariffs.tip'), amount(tariff.most_tip)],
  ];
}

function owed({ label, authority }: { label: string; authority?: string | null }, text: string): string {
  const said = [label, text].filter(Boolean).join(' ');
  return authority ? t('tariffs.owedTo', { what: said, authority }) : said;
}

/** What is otherwise in the second. */
export function changesOf(before: Tariff | undefined, after: Tariff): Change[] {
  const was = new Map(before && linesOf(before));
  const is = new Map(linesOf(after));
  return [...new Set([...was.keys(), ...is.keys()])]
    .map((name) => ({ name, before: was.get(name), after: is.get(name) }))
    .filter((one) => one.before !== one.after);
}
