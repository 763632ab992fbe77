// @vitest-environment jsdom
/** The store portal: whose it shows, what is pressed there, and what the house hears of it. */
import { act, cleanup, fireEvent, render, screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { beforeEach, expect, test, vi } from 'vitest';
import { ring, setSound, useSound } from '@/features/vendor/sound.ts';
import {
  type Answers,
  AT_LAST,
  afresh,
  answering,
  full,
  json,
  many,
  refused,
  STORE,
  visit,
} from './visit.tsx';

const save = vi.hoisted(() => vi.fn<(content: Blob, name: string) => void>());
vi.mock('@/lib/save.ts', () => ({ save }));

const OTHER = '01a21c5a-2673-7207-a3ac-0000000000aa';
const NOWHERE = '01a21c5a-2673-7207-a3ac-0000000000bb';
const few = { ...many, length: 3 };

/** What was changed: how, where, and with what. */
let sent: [method: string, address: string, body: unknown][];

afresh();
beforeEach(() => {
  sent = [];
  save.mockReset();
});

/** A house with two stores of one's own that says yes to all changes, unless it answers otherwise. */
function open(answer: (address: string, method: string) => unknown = () => undefined) {
  const answers = full(few);
  const rest: Answers = (address, init) => {
    const method = init?.method ?? 'GET';
    if (method !== 'GET') sent.push([method, address, init?.body && JSON.parse(String(init.body))]);
    const said = answer(address, method);
    if (said instanceof Response) return said;
    if (said !== undefined) return json(said);
    return method === 'GET' ? answers(address) : json({});
  };
  answering(rest, few, [STORE, OTHER]);
}

const heading = (name: string) => screen.findByRole('heading', { level: 1, name }, AT_LAST);
const button = (name: string | RegExp) => screen.findByRole('button', { name }, AT_LAST);

test('the address names the store, and the last one is the default', async () => {
  open();
  const { history } = visit('/vendor/products?q=gin');
  await heading('Products');
  await waitFor(() => expect(history.location.search).toContain(`store=${STORE}`));
  expect(history.location.search).toContain('q=gin');
  await userEvent.selectOptions(screen.getByRole('combobox', { name: 'Store' }), OTHER);
  await waitFor(() => expect(history.location.search).toBe(`?store=${OTHER}`));
  await userEvent.click(screen.getByRole('link', { name: 'Hours' }));
  await heading('Opening hours');
  expect(history.location.href).toBe(`/vendor/hours?store=${OTHER}`);
  cleanup();
  const again = visit('/vendor').history;
  await heading('Orders');
  await waitFor(() => expect(again.location.href).toBe(`/vendor/orders?store=${OTHER}`));
  cleanup();
  // A link leads to its store whatever was looked at last, and through a redirect.
  const linked = visit(`/vendor/analytics?store=${STORE}`).history;
  await heading('Figures');
  expect(linked.location.href).toBe(`/vendor/analytics/sales?store=${STORE}`);
});

test('of a store that is not theirs it is said so, with theirs to choose from', async () => {
  open();
  const { history } = visit(`/vendor/hours?store=${NOWHERE}`);
  await screen.findByRole('heading', { name: 'This is not one of your stores' }, AT_LAST);
  const theirs = screen.getAllByRole('link', { name: /^Name/ });
  expect(theirs).toHaveLength(2);
  await userEvent.click(theirs[0] as HTMLElement);
  await heading('Opening hours');
  expect(history.location.search).toMatch(new RegExp(`store=(${STORE}|${OTHER})`));
});

test('what the house does not let one do is not offered', async () => {
  open();
  const known = globalThis.fetch;
  vi.stubGlobal('fetch', async (address: string, init?: RequestInit) =>
    address.startsWith('/v1/gateway/') ? json({ may: ['store_queue'] }) : known(address, init),
  );
  visit('/vendor/staff');
  await screen.findByText('Staff is for those who run the store');
  const links = within(screen.getByRole('navigation')).getAllByRole('link');
  expect(links.map(({ textContent }) => textContent)).toEqual([
    'Orders',
    'Products',
    'Files',
    'Hours',
    'Zone',
    'Shop',
  ]);
  cleanup();
  visit('/vendor/hours');
  await screen.findByText('Whoever runs the store sets these.');
  expect(screen.queryByRole('button', { name: 'Pause new orders' })).toBeNull();
});

test('sales as a table, and as a file of all that is shown', async () => {
  open();
  const { history } = visit('/vendor/analytics/sales');
  const table = await button('As a table');
  expect(screen.queryByRole('table')).toBeNull();
  await userEvent.click(table);
  const shown = await screen.findByRole('table', undefined, AT_LAST);
  expect(history.location.search).toContain('as=table');
  expect(within(shown).getAllByRole('row')).toHaveLength(4);
  await userEvent.click(await button('Save as CSV'));
  const [content, name] = save.mock.calls[0] ?? [];
  expect(name).toMatch(/^sales-\d{4}-\d\d-\d\d-\d{4}-\d\d-\d\d\.csv$/);
  const rows = (await content?.text())?.trim().split('\r\n') ?? [];
  expect(rows[0]).toContain('day,currency,orders,units,gross,refunded,net');
  expect(rows).toHaveLength(4);
  expect(rows[1]).toMatch(/^2026-11-\d\d,USD,\d+,\d+,\d+\.\d\d,\d+\.\d\d,\d+\.\d\d$/);
  await userEvent.click(await button('As a table'));
  await waitFor(() => expect(screen.queryByRole('table')).toBeNull());
  expect(history.location.search).not.toContain('as=');
});

test('payouts and the statement are listed and saved, the statement with its later pages', async () => {
  const line = (number: number) => ({
    id: `line-${number}`,
    at: '2026-11-27T18:00:00Z',
    kind: 'sale',
    account: 'vendor',
    number: `T-${number}`,
    amount: { amount: 1_250, currency: 'USD' },
  });
  const page = (number: number, next: string | null) => ({
    opening: { amount: 0, currency: 'USD' },
    closing: { amount: 2_500, currency: 'USD' },
    lines: { items: [line(number)], next },
  });
  open((address) => {
    if (!address.includes('/statement?')) return undefined;
    return address.includes('after=') ? page(2, null) : page(1, 'more');
  });
  visit('/vendor/payouts?from=2026-11-01&to=2026-11-27');
  await screen.findByText('T-1', undefined, AT_LAST);
  const [payouts, statement] = await screen.findAllByRole('button', { name: 'Save as CSV' }, AT_LAST);
  await userEvent.click(payouts as HTMLElement);
  const saved = await save.mock.calls[0]?.[0].text();
  expect(saved?.trim().split('\r\n')).toHaveLength(4);
  expect(save.mock.calls[0]?.[1]).toBe('payouts.csv');
  await userEvent.click(statement as HTMLElement);
  await waitFor(() => expect(save).toHaveBeenCalledTimes(2));
  const [content, name] = save.mock.calls[1] ?? [];
  expect(name).toBe('statement-2026-11-01-2026-11-27-USD.csv');
  expect((await content?.text())?.trim().split('\r\n').slice(1)).toEqual([
    '2026-11-27T18:00:00Z,sale,vendor,T-1,12.50,USD',
    '2026-11-27T18:00:00Z,sale,vendor,T-2,12.50,USD',
  ]);
  await userEvent.click(await button('Show more'));
  await screen.findByText('T-2', undefined, AT_LAST);
});

test('of a vendor who has not sold yet nothing is missing: nothing is there', async () => {
  open((address) =>
    address.startsWith('/v1/payments/')
      ? json({ ...refused, status: 404, code: 'not-found' }, 404)
      : undefined,
  );
  visit('/vendor/payouts');
  await screen.findByText(/^Nothing has been paid yet/, undefined, AT_LAST);
  await screen.findByText(/^Nothing happened in these days/, undefined, AT_LAST);
});

const ann = {
  person: NOWHERE,
  given_name: 'Ann',
  family_name: 'Lee',
  email: 'ann@example.com',
  grade: 'clerk',
  blocked: false,
  may_become: ['manager'],
  can: ['remove'],
};
const olga = { ...ann, person: OTHER, given_name: 'Olga', grade: 'vendor_owner', may_become: [], can: [] };

test('staff are raised, removed in a second step, and left alone where the house says so', async () => {
  open((address) => (/\/staff\?/.test(address) ? { items: [ann, olga], invite: ['clerk'] } : undefined));
  visit('/vendor/staff');
  const members = within(await screen.findByRole('region', { name: 'Who works here' }, AT_LAST));
  await userEvent.click(await members.findByRole('button', { name: 'Make manager Ann Lee' }));
  const where = `/v1/accounts/stores/${STORE}/staff/${NOWHERE}`;
  await waitFor(() => expect(sent).toEqual([['PUT', where, { grade: 'manager' }]]));
  const [annShown, olgaShown] = members.getAllByRole('listitem');
  expect(within(olgaShown as HTMLElement).queryByRole('button')).toBeNull();
  await userEvent.click(within(annShown as HTMLElement).getByRole('button', { name: 'Remove Ann Lee' }));
  expect(annShown?.textContent).toContain('no longer works at');
  expect(sent).toHaveLength(1);
  await userEvent.click(within(annShown as HTMLElement).getByRole('button', { name: 'Remove Ann Lee' }));
  await waitFor(() => expect(sent[1]?.slice(0, 2)).toEqual(['DELETE', where]));
});

test('somebody is invited as what one may give; a no keeps what was typed', async () => {
  let no = true;
  open((address, method) => {
    if (/\/staff\?/.test(address)) return { items: [olga], invite: ['clerk', 'manager'] };
    if (address.includes('/invitations?')) return { items: [] };
    if (method !== 'POST') return undefined;
    return no ? json(refused, 503) : { email: 'new@example.com' };
  });
  visit('/vendor/staff');
  const email = await screen.findByLabelText<HTMLInputElement>('E-mail address', undefined, AT_LAST);
  await userEvent.type(email, 'new@example.com');
  await userEvent.selectOptions(screen.getByLabelText('As what'), 'manager');
  await userEvent.click(await button('Send the letter'));
  await screen.findByText('A part of the shop does not answer right now. Try again shortly.');
  expect(email.value).toBe('new@example.com');
  no = false;
  await userEvent.click(await button('Send the letter'));
  await screen.findByText('A letter goes to new@example.com.');
  const body = { email: 'new@example.com', role: { role: 'manager', stores: [STORE] } };
  expect(sent.at(-1)).toEqual(['POST', '/v1/accounts/invitations', body]);
  expect(screen.getByLabelText<HTMLInputElement>('E-mail address').value).toBe('');
  expect(screen.getByText(/Nobody is invited at present/)).toBeTruthy();
});

test('a store pauses for as long as was said, and takes orders again', async () => {
  let paused: unknown = null;
  open((address, method) => {
    if (!address.endsWith('/pause')) return undefined;
    paused = method === 'PUT' ? { until: '2031-01-01T18:30:00Z', reason: 'Too few of us here' } : null;
    return {};
  });
  const known = globalThis.fetch;
  vi.stubGlobal('fetch', async (address: string, init?: RequestInit) => {
    const answer = await known(address, init);
    if (address !== `/v1/catalogue/stores/${STORE}`) return answer;
    return json({ ...(await answer.json()), paused });
  });
  visit('/vendor/orders');
  await userEvent.click(await button('Pause new orders'));
  await userEvent.selectOptions(screen.getByLabelText('How long'), '30');
  await userEvent.click(await button('Too few of us here'));
  await userEvent.click(await button('Pause'));
  const where = `/v1/catalogue/stores/${STORE}/pause`;
  await waitFor(() => expect(sent).toEqual([['PUT', where, { minutes: 30, reason: 'Too few of us here' }]]));
  const pause = await screen.findByRole('region', { name: 'Pause' }, AT_LAST);
  expect(pause.textContent).toContain('No new orders until');
  expect(pause.textContent).toContain('Too few of us here');
  await userEvent.click(await button('Take orders again'));
  await waitFor(() => expect(sent[1]?.slice(0, 2)).toEqual(['DELETE', where]));
  await button('Pause new orders');
});

test('how long packing takes and what an order is worth at least go to the house with the hours', async () => {
  open();
  visit('/vendor/hours');
  const least = await screen.findByLabelText<HTMLInputElement>('Smallest order', undefined, AT_LAST);
  await userEvent.clear(least);
  await userEvent.type(least, 'a lot');
  await userEvent.click(await button('Save'));
  expect(least.getAttribute('aria-invalid')).toBe('true');
  expect(sent).toEqual([]);
  await userEvent.clear(least);
  await userEvent.type(least, '25.5');
  const minutes = screen.getByLabelText('Minutes to pack');
  await userEvent.clear(minutes);
  await userEvent.type(minutes, '12');
  await userEvent.click(await button('Save'));
  await waitFor(() => expect(sent).toHaveLength(1));
  const [method, address, body] = sent[0] ?? [];
  expect([method, address]).toEqual(['PATCH', `/v1/catalogue/stores/${STORE}`]);
  expect(body).toMatchObject({ preparation_minutes: 12, least_order_minor: 2_550 });
  expect(Object.keys(body as object).sort()).toEqual(['hours', 'least_order_minor', 'preparation_minutes']);
});

test('a time of the hours that was emptied is asked for where it stands', async () => {
  open();
  const { page } = visit(`/vendor/hours?store=${STORE}`);
  await heading('Opening hours');
  const [time] = await screen.findAllByLabelText<HTMLInputElement>(/, from$/, undefined, AT_LAST);
  if (!time) throw new Error('there is one');
  fireEvent.change(time, { target: { value: '' } });
  await userEvent.click(await button('Save'));
  expect(document.activeElement).toBe(time);
  const problem = document.getElementById(time.getAttribute('aria-describedby') ?? '');
  expect(problem?.textContent).toBe('This is needed.');
  expect(sent).toEqual([]);
  fireEvent.change(time, { target: { value: '09:30' } });
  await waitFor(() => expect(problem?.textContent).toBe(''));
  expect(page.querySelectorAll('[aria-invalid=true]')).toHaveLength(0);
});

/** An audio device that is silent until somebody has tapped. */
function silentDevice() {
  class Device extends EventTarget {
    static tapped = false;
    state: string = 'suspended';
    currentTime = 10;
    async resume() {
      if (!Device.tapped) return new Promise<void>(() => {});
      this.state = 'running';
      this.dispatchEvent(new Event('statechange'));
    }
  }
  vi.stubGlobal('AudioContext', Device);
  class Node {
    gain = { setValueAtTime() {}, linearRampToValueAtTime() {}, exponentialRampToValueAtTime() {} };
    connect = (next: unknown) => next;
    start() {}
    stop() {}
  }
  vi.stubGlobal('OscillatorNode', vi.fn(Node));
  vi.stubGlobal('GainNode', Node);
  return Device;
}

const Said = () => <p>{useSound()}</p>;

test('that it shall ring is kept; where the browser refuses it says so, and any tap will do', async () => {
  const device = silentDevice();
  localStorage.setItem('vendor-sound', 'on');
  render(<Said />);
  await screen.findByText('refused', undefined, AT_LAST);
  ring();
  expect(OscillatorNode).not.toHaveBeenCalled();
  device.tapped = true;
  await userEvent.click(document.body);
  await screen.findByText('on', undefined, AT_LAST);
  ring();
  // Two that ask at once get one.
  ring();
  expect(OscillatorNode).toHaveBeenCalledTimes(2);
  await act(() => setSound(false));
  await screen.findByText('off');
  expect(localStorage.getItem('vendor-sound')).toBeNull();
});

const complaint = {
  complaint: OTHER,
  payment: OTHER,
  order: NOWHERE,
  number: 'K7Q2-9F',
  store: STORE,
  store_name: 'Corner Cellar',
  customer: OTHER,
  lines: [{ line: OTHER, name: 'Rye', units: 2 }],
  whole: false,
  reason: 'damaged',
  words: 'The neck was broken off.',
  worth: { amount: 2_000, currency: 'USD' },
  asked_at: '2026-11-27T12:00:00Z',
  state: 'open',
  // Whatever the house would let them do: it is decided elsewhere.
  can: ['answer'],
};

test('complaints of the store are read, with what was decided, and nobody decides there', async () => {
  const asked: string[] = [];
  open((address) => {
    if (!address.startsWith('/v1/payments/complaints')) return;
    asked.push(address);
    const decided = {
      ...complaint,
      complaint: STORE,
      state: 'refunded',
      amount: { amount: 1_500, currency: 'USD' },
      answer: 'We are sorry.',
      decided_at: '2026-11-27T13:00:00Z',
      can: [],
    };
    return { items: address.includes('state=open') ? [complaint] : [complaint, decided], next: null };
  });
  const { history } = visit(`/vendor/complaints?store=${STORE}`);
  await heading('Complaints');
  await waitFor(() => expect(screen.getAllByText(/The neck was broken off/)).toHaveLength(2), AT_LAST);
  expect(asked[0]).toContain(`store=${STORE}`);
  const [waits, decided] = screen.getByRole('main').querySelectorAll('main > ul > li');
  expect(waits?.textContent).toContain('Waits for an answer');
  expect(waits?.textContent).toContain('2 × Rye');
  expect(waits?.textContent).not.toContain('goes back');
  expect(decided?.textContent).toMatch(/Given back.*\$15\.00 goes back, decided .*We are sorry\./);
  const link = screen.getAllByRole('link', { name: 'Order K7Q2-9F' })[0];
  expect(link?.getAttribute('href')).toBe(`/vendor/orders/${NOWHERE}/slip?store=${STORE}`);
  expect(within(screen.getByRole('main')).queryByRole('button')).toBeNull();
  await userEvent.selectOptions(screen.getByRole('combobox', { name: 'Show' }), 'Waits for an answer');
  await waitFor(() => expect(history.location.search).toContain('state=open'));
  await waitFor(() => expect(screen.getAllByText(/The neck was broken off/)).toHaveLength(1), AT_LAST);
});

test('opening hours that are read anew leave what was typed, and say when somebody else has changed them', async () => {
  // As the house has it: which version, and how long packing takes.
  const store = { version: 1, preparation_minutes: 20 };
  const house = { fails: false };
  const given = (await (await full(few)(`/v1/catalogue/stores/${STORE}`)).json()) as object;
  open();
  const answers = fetch;
  vi.stubGlobal('fetch', async (address: string, init?: RequestInit) => {
    if (address !== `/v1/catalogue/stores/${STORE}`) return answers(address, init);
    if (house.fails) return json(refused, 503);
    if (init?.method === 'PATCH') {
      const matches = new Headers(init.headers).get('if-match');
      sent.push(['PATCH', address, matches]);
      Object.assign(store, { version: store.version + 1 }, JSON.parse(String(init.body)));
    }
    return json({ ...given, paused: null, store: STORE, ...store });
  });
  const { known } = visit(`/vendor/hours?store=${STORE}`);
  await heading('Opening hours');
  const minutes = () => screen.getByLabelText<HTMLInputElement>(/minutes/i);
  const again = () => act(() => known.invalidateQueries());
  await userEvent.clear(minutes());
  await userEvent.type(minutes(), '35');
  // Another version, but the same hours: as after a pause.
  store.version = 2;
  await again();
  expect(minutes().value).toBe('35');
  expect(screen.queryByText(/changed this/)).toBeNull();
  house.fails = true;
  await again();
  await screen.findByRole('alert', {}, AT_LAST);
  expect(minutes().value).toBe('35');
  house.fails = false;
  await userEvent.click(screen.getByRole('button', { name: 'Save' }));
  await screen.findByText('Saved.', {}, AT_LAST);
  expect(sent.at(-1)?.[2]).toBe('"v2"');
  expect(minutes().value).toBe('35');

  await userEvent.clear(minutes());
  await userEvent.type(minutes(), '50');
  Object.assign(store, { version: 4, preparation_minutes: 15 });
  await again();
  await screen.findByText(/changed this/, {}, AT_LAST);
  expect(minutes().value).toBe('50');
  await userEvent.click(await button('See what it says now'));
  await userEvent.click(await button('Go on from this, without mine'));
  expect(minutes().value).toBe('15');
  expect(screen.queryByText(/changed this/)).toBeNull();
  // Where nothing was typed the newest is shown.
  Object.assign(store, { version: 5, preparation_minutes: 25 });
  await again();
  await waitFor(() => expect(minutes().value).toBe('25'), AT_LAST);
});
