// @vitest-environment jsdom
/** Money that a customer asks back on the page of an order. */
import { QueryClientProvider } from '@tanstack/react-query';
import { cleanup, render, screen, waitFor } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { Page as Complaints } from '@/features/order/complaints.tsx';
import { learn, speak } from '@/lib/messages.ts';
import { overNetwork, readings } from '@/lib/reading.ts';

const ORDER = '01a21c5a-2673-7207-a3ac-bcd75d15f9dc';
const [RYE, GIN] = ['01a21c5a-0000-7207-a3ac-bcd75d15f9d1', '01a21c5a-0000-7207-a3ac-bcd75d15f9d2'];
const order = { order: ORDER, store: { time_zone: 'America/Chicago' } } as Parameters<
  typeof Complaints
>[0]['order'];

interface Asked {
  key: string | undefined;
  body: unknown;
}
let sent: Asked[];
let standing: { items: object[]; lines: object[]; until?: string; can: string[] };
let answers: (() => Response)[];

const json = (body: unknown, status = 200) => new Response(JSON.stringify(body), { status });
const gone = () =>
  json(
    {
      status: 409,
      code: 'units-gone',
      title: 'No.',
      detail: 'Only 1 of it.',
      field: 'lines[0].units',
      left: 1,
    },
    409,
  );

const usd = (amount: number) => ({ amount, currency: 'USD' });
const complaint = {
  complaint: RYE,
  lines: [{ line: GIN, name: 'Gin', units: 2 }],
  whole: false,
  reason: 'damaged',
  words: 'The neck was broken.',
  worth: usd(2000),
  asked_at: '2026-11-27T18:00:00Z',
  state: 'open',
};

function shown() {
  vi.stubGlobal('fetch', async (_: string, init: RequestInit = {}) => {
    if ((init.method ?? 'GET') === 'GET') return json(standing);
    const key = new Headers(init.headers).get('idempotency-key') ?? undefined;
    sent.push({ key, body: JSON.parse(String(init.body)) });
    return answers.shift()?.() ?? gone();
  });
  render(
    <QueryClientProvider client={readings(overNetwork)}>
      <Complaints order={order} />
    </QueryClientProvider>,
  );
  return userEvent.setup();
}

const typedIn = (field: HTMLElement) => (field as HTMLInputElement).value;
const faultOf = (field: HTMLElement) => document.getElementById(`${field.id}-problem`)?.textContent;

beforeAll(async () => {
  speak('en');
  await Promise.all((['shop', 'own', 'order', 'after'] as const).map(learn));
});
beforeEach(() => {
  sent = [];
  answers = [];
  standing = {
    items: [],
    lines: [
      { line: RYE, name: 'Rye', units: 3 },
      { line: GIN, name: 'Gin', units: 2 },
    ],
    until: '2026-12-11T18:00:00Z',
    can: ['complain'],
  };
});
afterEach(cleanup);

test('single bottles are asked for, a no stands at its line, and the same words go out under the same key', async () => {
  const user = shown();
  await user.click(await screen.findByRole('button', { name: 'Ask for money back' }));
  const submit = await screen.findByRole('button', { name: 'Send it' });
  await user.type(screen.getByLabelText('What happened'), 'The neck was broken.');
  await user.click(submit);
  expect(sent).toEqual([]);
  await waitFor(() =>
    expect(screen.getByRole('alert').textContent).toBe('Say how many of at least one of them.'),
  );
  const gin = screen.getByLabelText('Gin: how many of 2');
  await user.clear(gin);
  await user.type(gin, '2');
  await user.selectOptions(screen.getByLabelText('What is wrong'), 'damaged');
  await user.click(submit);
  await waitFor(() => expect(faultOf(gin)).toBe('Of these units only 1 can still be asked for.'));
  expect(typedIn(gin)).toBe('2');
  answers = [
    () => {
      standing = { ...standing, items: [complaint], lines: [] };
      return json(complaint, 201);
    },
  ];
  await user.click(submit);
  await screen.findByText('Somebody looks at it');
  const body = { lines: [{ line: GIN, units: 2 }], reason: 'damaged', words: 'The neck was broken.' };
  expect(sent.map((one) => one.body)).toEqual([body, body]);
  expect(sent[0]?.key).toBe(sent[1]?.key);
});

test('the whole order is asked for without any line', async () => {
  const user = shown();
  await user.click(await screen.findByRole('button', { name: 'Ask for money back' }));
  await user.click(await screen.findByLabelText('For the whole order, with its fees and tip'));
  expect(screen.queryByLabelText('Rye: how many of 3')).toBeNull();
  await user.selectOptions(screen.getByLabelText('What is wrong'), 'other');
  await user.type(screen.getByLabelText('What happened'), 'Nobody came.');
  answers = [() => json({ ...complaint, whole: true, lines: [] }, 201)];
  await user.click(screen.getByRole('button', { name: 'Send it' }));
  await waitFor(() =>
    expect(sent.map(({ body }) => body)).toEqual([{ reason: 'other', words: 'Nobody came.' }]),
  );
});

test('what became of it is said, and nothing is shown where nothing can be asked', async () => {
  standing = {
    items: [
      { ...complaint, state: 'refunded', amount: usd(1500), answer: 'We are sorry.' },
      { ...complaint, complaint: GIN, state: 'declined', answer: 'It was whole.' },
    ],
    lines: [],
    until: '2026-12-11T18:00:00Z',
    can: [],
  };
  shown();
  await screen.findByText('$15.00 went back to you.');
  for (const text of ['We are sorry.', 'Nothing goes back', 'It was whole.']) {
    screen.getByText(text);
  }
  expect(screen.queryByRole('button')).toBeNull();
  cleanup();
  standing = { items: [], lines: [], until: '2026-12-11T18:00:00Z', can: [] };
  shown();
  await new Promise((then) => setTimeout(then, 50));
  expect(screen.queryByText('Is something wrong with it?')).toBeNull();
});
