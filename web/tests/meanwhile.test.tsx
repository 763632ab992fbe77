// @vitest-environment jsdom
/** Somebody else changes what is being typed here: neither goes before it was looked at. */
import { screen, waitFor } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { expect, test, vi } from 'vitest';
import { AT_LAST, afresh, answering, full, json, many, STORE, shown, visit } from './visit.tsx';

const few = { ...many, length: 3 };
const ANOTHER = '01a21c5a-2673-7207-a3ac-0000000000aa';
const MINE = '55';
const THEIRS = '77';

afresh();

type Told = Record<string, unknown> & { items?: Told[] };

interface Kept {
  page: string;
  /** Where the house keeps it, and in what it tells of it. */
  path: string;
  list?: string;
  /** The field that is typed into, and where it is in what is kept. */
  field: string;
  in: string;
  /** What is pressed before there is a form, and after it was sent. */
  open?: RegExp;
  confirm?: string;
}

const FORMS: Record<string, Kept> = {
  'opening hours': {
    page: `/vendor/hours?store=${STORE}`,
    path: `/v1/catalogue/stores/${STORE}`,
    field: '[name=minutes]',
    in: 'preparation_minutes',
  },
  'a store': {
    page: `/operator/stores/${ANOTHER}`,
    path: `/v1/catalogue/stores/${ANOTHER}`,
    field: '[name=licence]',
    in: 'licence_number',
  },
  "a vendor's name": {
    page: `/operator/vendors/${STORE}`,
    path: `/v1/catalogue/vendors/${STORE}`,
    list: '/v1/catalogue/vendors',
    field: '[name=name]',
    in: 'name',
  },
  "a vendor's terms": {
    page: `/operator/vendors/${STORE}`,
    path: `/v1/payments/vendors/${STORE}/terms`,
    field: '[name=tax_number]',
    in: 'terms.tax_number',
  },
  'a tariff': {
    page: '/operator/tariffs',
    path: '/v1/cart/tariffs/default',
    field: '[name="delivery.free_metres"]',
    in: 'tariff.delivery.free_metres',
    confirm: 'Let it hold from now on',
  },
  'a licence': {
    page: '/operator/licences',
    path: `/v1/compliance/licences/${STORE}`,
    list: '/v1/compliance/licences',
    field: '[name=number]',
    in: 'number',
    open: /^Change/,
  },
  'a zone': {
    page: `/vendor/zone?store=${STORE}`,
    path: `/v1/catalogue/stores/${STORE}`,
    field: '[aria-label="How far, in meters"]',
    in: 'zone.metres',
  },
};

const CIRCLE = { shape: 'radius', centre: { lat: 41.58, lon: -93.62 }, metres: 5000 };

/** A house that says twice the same, and refuses what goes over another version than it keeps. */
function house({ path, list, in: where }: Kept) {
  answering(full(few), few);
  const answers = fetch;
  const told = new Map<string, Told>();
  const asked: (string | null)[] = [];
  const is = () => told.get(path) as Told;
  vi.stubGlobal('fetch', async (address: string, init?: RequestInit) => {
    if (address.includes('/sessions/') || address.endsWith('/events')) return answers(address, init);
    if ((init?.method ?? 'GET') !== 'GET') {
      asked.push(new Headers(init?.headers).get('if-match'));
      const stale = { status: 412, code: 'stale-version', title: 'No.', detail: 'No.' };
      return asked.at(-1) === `"v${is().version}"` ? json({}) : json(stale, 412);
    }
    if (!told.has(address)) told.set(address, given(address, await (await answers(address, init)).json()));
    const answer = told.get(address) as Told;
    if (list && address.startsWith(`${list}?`)) told.set(path, answer.items?.[0] as Told);
    return json(answer);
  });
  const others = () => {
    const names = where.split('.');
    const last = names.pop() as string;
    const part = names.reduce((part, name) => part[name] as Told, is());
    part[last] = typeof part[last] === 'number' ? Number(THEIRS) : THEIRS;
    is().version = Number(is().version) + 1;
  };
  return { asked, others, version: () => `"v${is().version}"` };
}

/** The first of all stores and vendors is the one that is meant; where a store delivers is a circle. */
function given(address: string, answer: Told): Told {
  const [one] = answer.items ?? [];
  if (one?.store) one.store = STORE;
  if (one?.vendor) one.vendor = STORE;
  return address.startsWith('/v1/catalogue/stores/')
    ? { ...answer, paused: null, zone: { ...CIRCLE } }
    : answer;
}

const press = async (name: string | RegExp) => {
  const [button] = await screen.findAllByRole('button', { name }, AT_LAST);
  await userEvent.click(button as HTMLElement);
};

/** Somebody types into it, others have changed it before it is sent, and it is read what they made of it. */
async function overtaken(kept: Kept) {
  const { asked, others, version } = house(kept);
  const { page, known } = visit(kept.page);
  if (kept.open) await press(kept.open);
  const field = await shown(page, `main form input${kept.field}`);
  await waitFor(() => expect(known.isFetching()).toBe(0), AT_LAST);
  await userEvent.clear(field);
  await userEvent.type(field, MINE);
  const keep = async () => {
    await userEvent.click(field.closest('form')?.querySelector('[type=submit]') as HTMLElement);
    if (kept.confirm) await press(kept.confirm);
  };
  const before = version();
  others();
  await keep();
  await screen.findByText(/^Somebody else has changed this/, {}, AT_LAST);
  expect(asked).toEqual([before]);
  /** What the field says that is seen. */
  const says = () =>
    [...page.querySelectorAll<HTMLInputElement>(`main form input${kept.field}`)]
      .filter((one) => !one.closest('[hidden]'))
      .map(({ value }) => value);
  expect(says()).toEqual([MINE]);
  await press('See what it says now');
  expect(says()).toEqual([THEIRS]);
  return { asked, version, keep, says };
}

const all = Object.entries(FORMS);
const LONG = { timeout: 60_000 };

test.each(all)('%s: one keeps to what was typed, and it goes over theirs', LONG, async (_, kept) => {
  const { asked, version, keep, says } = await overtaken(kept);
  await press('Back to mine, to save it over this');
  expect(screen.queryByText(/kept aside/)).toBeNull();
  expect(says()).toEqual([MINE]);
  await keep();
  await waitFor(() => expect(asked).toHaveLength(2), AT_LAST);
  expect(asked[1]).toBe(version());
});

test.each(all)('%s: one goes on from what others wrote', LONG, async (_, kept) => {
  const { asked, says } = await overtaken(kept);
  await press('Go on from this, without mine');
  expect(screen.queryByText(/kept aside/)).toBeNull();
  expect(says()).toEqual([THEIRS]);
  expect(asked).toHaveLength(1);
});

test(
  'a version of the law that others have added meanwhile is looked at, and the next one goes over it',
  LONG,
  async () => {
    answering(full(few), few);
    const answers = fetch;
    const told = new Map<string, Told>();
    const asked: unknown[] = [];
    let last: Told = {};
    vi.stubGlobal('fetch', async (address: string, init?: RequestInit) => {
      if (init?.method === 'POST' && address.endsWith('/rulebooks')) {
        const { version } = JSON.parse(String(init.body));
        asked.push(version);
        if (version > Number(last.version)) return json({ ...last, version });
        const no = { code: 'version-not-newer', last: last.version, title: 'No.', detail: 'No.' };
        return json({ status: 409, ...no }, 409);
      }
      if (!address.startsWith('/v1/compliance/')) return answers(address, init);
      if (!told.has(address)) told.set(address, (await (await answers(address, init)).json()) as Told);
      const answer = told.get(address) as Told;
      if (address.includes('/rulebooks?limit=1')) last = answer.items?.[0] as Told;
      return json(answer);
    });
    const { page } = visit('/operator/compliance/US-IA/new');
    const field = await shown(page, 'main form input[name="rules.beer.minimum_age"]');
    await userEvent.clear(field);
    await userEvent.type(field, MINE);
    const before = Number(last.version);
    last.version = before + 1;
    const keep = async () => {
      await press('Look at what changes');
      await press(/^(Add|Keep|Let).*version/i);
    };
    await keep();
    await screen.findByText(/^Somebody else has changed this/, {}, AT_LAST);
    expect(field.isConnected && (field as HTMLInputElement).value).toBe(MINE);
    await press('See what it says now');
    await press('Back to mine, to save it over this');
    await keep();
    await waitFor(() => expect(asked).toEqual([before + 1, before + 2]), AT_LAST);
    await screen.findByRole('link', { name: /version/i }, AT_LAST);
  },
);
