/** Rules of coupons and promotions in words. */
import type { Schema } from '@tipple/api';
import { moment, money, number, percent } from '@/lib/format.ts';
import { t } from '@/lib/messages.ts';
import { byTheHouse } from '@/lib/session.ts';
import { categoryName } from '@/ui/category-name.ts';

type Benefit = Schema<'CouponBenefit'> | Schema<'PromotionBenefit'>;

export interface Valid {
  valid_from?: string | null;
  valid_until?: string | null;
  active?: boolean;
}

function benefit(of: Benefit): string {
  switch (of.kind) {
    case 'percent':
      return t('offers.says.percent', { share: percent(of.ppm) });
    case 'amount':
      return t('offers.says.amount', { amount: money(of.off) });
    case 'free_delivery':
      return t('offers.says.free');
    case 'buy_pay':
      return t('offers.says.buyPay', { buy: number(of.buy), pay: number(of.pay) });
  }
}

function scope(of: Schema<'PromotionScope'>, product?: string): string {
  switch (of.of) {
    case 'everything':
      return t('offers.says.everything');
    case 'category':
      return categoryName(of.category);
    case 'product':
      return product ?? t('offers.says.product');
  }
}

/** What it gives, on what, and from which sum on. */
export function rule(
  terms: Schema<'CouponTerms'> | Schema<'PromotionTerms'>,
  /** What the product in scope is called. */
  product?: string,
): string {
  const gives = benefit(terms.benefit);
  const what =
    'scope' in terms ? t('offers.says.on', { rule: gives, what: scope(terms.scope, product) }) : gives;
  return terms.min_spend ? t('offers.says.from', { rule: what, amount: money(terms.min_spend) }) : what;
}

/** From when to when. */
export function time({ valid_from, valid_until }: Valid): string {
  const from = valid_from ? moment(valid_from) : t('offers.says.now');
  if (!valid_until) return t('offers.says.since', { from });
  return t('offers.says.span', { from, until: moment(valid_until) });
}

/** How often. */
export function often({ max_uses, per_customer_uses }: Partial<Schema<'Coupon'>>): string {
  const all = max_uses ? t('offers.says.uses', { n: max_uses }) : '';
  const each = per_customer_uses ? t('offers.says.each', { n: per_customer_uses }) : '';
  return [all, each].filter(Boolean).join(', ');
}

export type Standing = 'on' | 'soon' | 'over' | 'ended';

/** Whether it holds now. */
export function standing({ active, valid_from, valid_until }: Valid, now = byTheHouse()): Standing {
  if (!active) return 'ended';
  if (valid_until && Date.parse(valid_until) <= now) return 'over';
  return valid_from && Date.parse(valid_from) > now ? 'soon' : 'on';
}
