// @vitest-environment jsdom
/** Whom to ask: said where the operator names somebody, and else nowhere. */
import { screen, within } from '@testing-library/react';
import { afterEach, expect, test } from 'vitest';
import { AT_LAST, afresh, answering, full, json, long, refused, shown, visit } from './visit.tsx';

afresh();
const { dataset } = document.documentElement;
afterEach(() => {
  delete dataset.helpEmail;
  delete dataset.helpPhone;
});

const ORDER = '/orders/01a21c5a-2673-7207-a3ac-00000000000f';

function named() {
  dataset.helpEmail = 'help@shop.example';
  dataset.helpPhone = '+1 (515) 555-0100';
}

const targets = (element: HTMLElement) =>
  within(element)
    .queryAllByRole('link')
    .map((link) => link.getAttribute('href') ?? '')
    .filter((href) => /^(mailto|tel):/.test(href));
const BOTH = ['mailto:help@shop.example', 'tel:+15155550100'];

test('beside an order, and at the foot of its page', async () => {
  named();
  answering(full(long), long);
  visit(ORDER);
  expect(targets(await screen.findByRole('region', { name: 'Help with this order' }, AT_LAST))).toEqual(BOTH);
  expect(targets(screen.getByRole('contentinfo'))).toEqual(BOTH);
});

test('on the page of help, and with what did not work', async () => {
  named();
  answering(() => json(refused, 503), long);
  const help = visit('/help');
  await shown(help.page, '#privacy');
  expect(targets(screen.getByRole('main'))).toEqual(BOTH);
  const failed = visit('/stores');
  expect(targets(await shown(failed.page, '[role=alert]'))).toEqual(BOTH);
});

test('nowhere, where nobody is named', async () => {
  answering(full(long), long);
  const { page } = visit(ORDER);
  await screen.findByRole('region', { name: 'Help with this order' }, AT_LAST);
  expect(targets(page as HTMLElement)).toEqual([]);
});

test('by one way alone, where there is one', async () => {
  dataset.helpPhone = '112';
  answering(full(long), long);
  visit('/help');
  await screen.findByRole('heading', { name: 'Ask somebody' }, AT_LAST);
  expect(targets(screen.getByRole('contentinfo'))).toEqual(['tel:112']);
});
