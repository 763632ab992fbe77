// @vitest-environment jsdom
/** What is shown to people at work follows what the house lets them do, and roles are told in words. */
import { QueryClientProvider } from '@tanstack/react-query';
import { cleanup, render, screen, waitFor } from '@testing-library/react';
import { expect, test, vi } from 'vitest';
import { asRoles, told } from '@/features/operator/people/roles.ts';
import { learn } from '@/lib/messages.ts';
import { AT_LAST, afresh, answering, full, json, long, STORE, visit } from './visit.tsx';

afresh();

/** A house that lets whoever asks do just this. */
function letting(...may: string[]) {
  answering(full(long), long);
  const house = fetch;
  vi.stubGlobal('fetch', (address: string, init?: RequestInit) =>
    address === '/v1/gateway/may' ? Promise.resolve(json({ may })) : house(address, init),
  );
}

const heading = (name: string) => screen.findByRole('heading', { level: 1, name }, AT_LAST);
const links = () => screen.getAllByRole('link').map((link) => link.getAttribute('href'));

test('whoever may do all has all pages, with what can be done on them', async () => {
  letting('set_roles', 'audit', 'dead_letters', 'replay_dead_letter');
  visit('/operator/dead-letters');
  await heading('Events not handled');
  expect(links()).toContain('/operator/orders');
  expect((await screen.findAllByRole('checkbox', {}, AT_LAST)).length).toBeGreaterThan(0);
});

test('whoever only looks has pages on which nothing is done, and begins there', async () => {
  letting('audit', 'dead_letters');
  const { history } = visit('/operator');
  await heading('Who did what');
  expect(history.location.pathname).toBe('/operator/audit');
  expect(links()).toContain('/operator/dead-letters');
  expect(links()).not.toContain('/operator/orders');
  cleanup();
  visit('/operator/dead-letters');
  await heading('Events not handled');
  await waitFor(() => expect(screen.getAllByRole('listitem').length).toBeGreaterThan(0), AT_LAST);
  expect(screen.queryByRole('checkbox')).toBeNull();
});

test('all others are told whose pages these are', async () => {
  letting('pack_order', 'begin_shift');
  visit('/operator/orders');
  await screen.findByRole('heading', { name: 'These pages are for operators' }, AT_LAST);
  expect(links()).not.toContain('/operator/orders');
});

test('roles are told in words, whatever the house has written down of them', async () => {
  await learn('people');
  const [clerk] = asRoles({ role: 'clerk', stores: [STORE] }) ?? [];
  expect(clerk && told(clerk)).toBe(`Clerk (…${STORE.slice(-8)})`);
  const many = asRoles([{ role: 'vendor_owner', vendor: STORE }, { role: 'customer' }]) ?? [];
  expect(many.map(told)).toEqual([`Vendor's owner (…${STORE.slice(-8)})`, 'Customer']);
  for (const other of [null, 'clerk', [], {}, { role: 'king' }, [{ role: 'clerk' }, 7]]) {
    expect(asRoles(other)).toBeUndefined();
  }
});

async function afterwards(may: string[], roles: object[]) {
  const { Work } = await import('@/features/account/work.tsx');
  const { overNetwork, readings } = await import('@/lib/reading.ts');
  await learn('entry');
  letting(...may);
  const session = { person: STORE, roles, session: STORE, must_enrol: false, token: '', until: 0 };
  render(
    <QueryClientProvider client={readings(overNetwork)}>
      <Work session={session as never} />
    </QueryClientProvider>,
  );
}

test('who has a new role goes on where it can be used', async () => {
  await afterwards(['pack_order', 'begin_shift'], [{ role: 'clerk', stores: [STORE] }, { role: 'driver' }]);
  await screen.findByRole('link', { name: 'To the store portal' }, AT_LAST);
  expect(links()).toEqual(['/vendor', '/driver']);
});

test('an operator may pack for all stores, and works at none of them', async () => {
  await afterwards(['audit', 'pack_order'], [{ role: 'operator' }]);
  await screen.findByRole('link', { name: "To the operator's pages" }, AT_LAST);
  expect(links()).toEqual(['/operator']);
});
