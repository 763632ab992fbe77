/** What the operator's navigation leads to, in its order. */
import type { LinkProps } from '@tanstack/react-router';
import type { Operation } from '@tipple/api';
import type { Key } from '@/lib/messages.ts';

export interface Listed {
  to: LinkProps['to'] & string;
  name: Key;
  /** Auditors see it too: it offers nobody else what only operators may do. */
  audited?: true;
}

interface Section {
  title: Key;
  pages: Listed[];
}

export const sections: Section[] = [
  {
    title: 'operator.day',
    pages: [
      { to: '/operator/live', name: 'operator.live' },
      { to: '/operator/orders', name: 'operator.orders' },
      { to: '/operator/complaints', name: 'operator.complaints' },
      { to: '/operator/refunds', name: 'operator.refunds' },
      { to: '/operator/messages', name: 'operator.messages' },
      { to: '/operator/dead-letters', name: 'operator.dead', audited: true },
    ],
  },
  {
    title: 'operator.law',
    pages: [
      { to: '/operator/compliance', name: 'operator.rules', audited: true },
      { to: '/operator/what-if', name: 'operator.whatIf', audited: true },
      { to: '/operator/licences', name: 'operator.licences' },
    ],
  },
  {
    title: 'operator.who',
    pages: [
      { to: '/operator/users', name: 'operator.people' },
      { to: '/operator/invitations', name: 'operator.invitations' },
      { to: '/operator/age-reviews', name: 'operator.ages' },
      { to: '/operator/machines', name: 'operator.machines' },
      { to: '/operator/audit', name: 'operator.audit', audited: true },
    ],
  },
  {
    title: 'operator.shown',
    pages: [
      { to: '/operator/top-picks', name: 'operator.picks' },
      { to: '/operator/zones', name: 'operator.zones' },
      { to: '/operator/coupons', name: 'operator.coupons' },
      { to: '/operator/promotions', name: 'operator.promotions' },
    ],
  },
  {
    title: 'operator.sellers',
    pages: [
      { to: '/operator/stores', name: 'operator.stores' },
      { to: '/operator/vendors', name: 'operator.vendors' },
      { to: '/operator/ways', name: 'operator.ways' },
    ],
  },
  {
    title: 'operator.money',
    pages: [
      { to: '/operator/analytics', name: 'operator.figures', audited: true },
      { to: '/operator/books', name: 'operator.books' },
      { to: '/operator/tariffs', name: 'operator.tariffs', audited: true },
    ],
  },
];

/** Whether auditors see what lies at this address. */
export const audited = (path: string) =>
  sections.some(({ pages }) =>
    pages.some((one) => one.audited && (path === one.to || path.startsWith(`${one.to}/`))),
  );

const RUNS: Operation = 'set_roles';
const LOOKS: Operation = 'audit';

/**
 * Which pages are open to who may do so much: all of them to whoever can say who works here, and to who may read what
 * was done those on which there is nothing to do.
 */
export const openTo = (may: string[]): 'all' | 'audited' | undefined =>
  may.includes(RUNS) ? 'all' : may.includes(LOOKS) ? 'audited' : undefined;
