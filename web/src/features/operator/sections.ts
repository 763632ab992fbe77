/** What the operator's navigation leads to, in its order. */
import type { LinkProps } from '@tanstack/react-router';
import type { Key } from '@/lib/messages.ts';

interface Section {
  title: Key;
  pages: { to: LinkProps['to']; name: Key }[];
}

export const sections: Section[] = [
  {
    title: 'operator.day',
    pages: [
      { to: '/operator/live', name: 'operator.live' },
      { to: '/operator/orders', name: 'operator.orders' },
      { to: '/operator/refunds', name: 'operator.refunds' },
      { to: '/operator/messages', name: 'operator.messages' },
    ],
  },
  {
    title: 'operator.law',
    pages: [
      { to: '/operator/compliance', name: 'operator.rules' },
      { to: '/operator/what-if', name: 'operator.whatIf' },
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
      { to: '/operator/audit', name: 'operator.audit' },
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
      { to: '/operator/analytics', name: 'operator.figures' },
      { to: '/operator/books', name: 'operator.books' },
    ],
  },
];
