/** A tariff as the fields of the form say it. They are called as the house calls them, so that it finds them. */
import type { Schema } from '@tipple/api';
import { minor, ppm } from '@/lib/amount.ts';
import { micros } from './amounts.ts';
import type { Tariff } from './tariff.ts';

/** How many rows of each there are. */
export interface Rows {
  rates: number[];
  excise: number;
}

/** What the house refuses, in the place of what is no amount. */
const NONE = -1;

export function told(fields: Record<string, string>, rows: Rows): Tariff {
  const text = (name: string) => fields[name]?.trim() ?? '';
  const currency = text('currency').toUpperCase();
  const amount = (name: string) => minor(text(name), currency) ?? NONE;
  return {
    currency,
    prices_include_tax: fields.prices_include_tax === 'on',
    tax_on_excise: fields.tax_on_excise === 'on',
    tax_classes: rows.rates.map((rates, at) => ({
      name: text(`tax_classes[${at}].name`),
      rates: Array.from({ length: rates }, (_, place) => {
        const rate = `tax_classes[${at}].rates[${place}]`;
        return {
          label: text(`${rate}.label`),
          ppm: ppm(text(`${rate}.ppm`)),
          ...authority(text(`${rate}.authority`)),
        };
      }),
    })),
    excise: Array.from({ length: rows.excise }, (_, at) => ({
      label: text(`excise[${at}].label`),
      class: text(`excise[${at}].class`) as Schema<'AlcoholClass'>,
      per: text(`excise[${at}].per`) as Schema<'ExciseBasis'>,
      micros_per_litre: micros(text(`excise[${at}].micros_per_litre`), currency),
      ...authority(text(`excise[${at}].authority`)),
    })),
    fee_tax_class: text('fee_tax_class') || null,
    delivery: {
      base: amount('delivery.base'),
      per_km: amount('delivery.per_km'),
      free_metres: Number(text('delivery.free_metres')),
      free_from: text('delivery.free_from') ? amount('delivery.free_from') : null,
    },
    service: {
      ppm: ppm(text('service.ppm')),
      least: amount('service.least'),
      most: amount('service.most'),
    },
    most_tip: amount('most_tip'),
  };
}

const authority = (text: string) => (text ? { authority: text } : {});
