// @vitest-environment jsdom
/** Where a visitor is reached, and how that becomes another address or number. */
import { QueryClientProvider } from '@tanstack/react-query';
import { cleanup, render, screen, waitFor } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { Contact } from '@/features/account/contact/contact.tsx';
import { learn, speak } from '@/lib/messages.ts';
import { overNetwork, readings } from '@/lib/reading.ts';
import { words } from './refusals.ts';

const FLOW = '01a21c5a-2673-7207-a3ac-bcd75d15f9dc';
let sent: [what: string, body: unknown][];
let me: { email: string | null; email_verified: boolean; phone: string | null; has_password: boolean };

const json = (body: unknown, status = 200) =>
  new Response(status === 204 ? null : JSON.stringify(body), { status });
const refused = (code: string) =>
  json({ status: 422, code, title: 'No.', detail: `It was ${code}.`, field: 'code' }, 422);

async function shown(answers: Record<string, () => Response>) {
  vi.stubGlobal('fetch', async (path: string, init: RequestInit = {}) => {
    const method = init.method ?? 'GET';
    if (method === 'GET') return json(me);
    sent.push([`${method} ${path}`, init.body ? JSON.parse(String(init.body)) : undefined]);
    return answers[`${method} ${path}`]?.() ?? refused('unexpected');
  });
  render(
    <QueryClientProvider client={readings(overNetwork)}>
      <Contact />
    </QueryClientProvider>,
  );
  await screen.findByText('Telephone number');
  return userEvent.setup();
}

const press = (user: ReturnType<typeof userEvent.setup>, name: string) =>
  user.click(screen.getByRole('button', { name }));

beforeAll(async () => {
  speak('en');
  await Promise.all((['shop', 'own', 'account'] as const).map(learn));
});
beforeEach(() => {
  sent = [];
  me = { email: 'ann@example.com', email_verified: true, phone: null, has_password: true };
});
afterEach(cleanup);

const change = 'POST /v1/accounts/email/change';
const begun = () => json({ flow: FLOW, minutes: 20 }, 202);

test('another e-mail address counts once its code is shown', async () => {
  const user = await shown({
    [change]: begun,
    [`${change}/confirm`]: () => {
      me = { ...me, email: 'lee@example.com' };
      return json(null, 204);
    },
  });
  await press(user, 'Change the address');
  await user.type(screen.getByLabelText('E-mail address'), 'lee@example.com');
  await user.type(screen.getByLabelText('Password'), 'correct horse');
  await press(user, 'Send the code');
  await user.type(await screen.findByLabelText('Code from the message'), '7kq2-m9xd');
  expect(screen.getByRole('status').textContent).toContain('lee@example.com');
  await press(user, 'Confirm');
  await screen.findByText('lee@example.com');
  expect(sent).toEqual([
    [change, { email: 'lee@example.com', password: 'correct horse' }],
    [`${change}/confirm`, { flow: FLOW, code: '7KQ2-M9XD' }],
  ]);
});

test('the address that there is can be confirmed, without a password where there is none', async () => {
  me = { ...me, email_verified: false, has_password: false };
  const user = await shown({ [change]: begun });
  expect(screen.getByText('Not confirmed yet')).toBeTruthy();
  await press(user, 'Confirm or change the address');
  await press(user, 'Send the code');
  await screen.findByLabelText('Code from the message');
  expect(sent).toEqual([[change, { email: 'ann@example.com' }]]);
});

test('a code that is refused stays as it was typed', async () => {
  const user = await shown({
    'POST /v1/accounts/phone': begun,
    'POST /v1/accounts/phone/confirm': () => refused('code-refused'),
  });
  await press(user, 'Add a number');
  await user.type(screen.getByLabelText('Telephone number'), '+1 515 555 0123');
  await press(user, 'Send the code');
  await user.type(await screen.findByLabelText('Code from the message'), '7KQ2-M9XD');
  await press(user, 'Confirm');
  await waitFor(() => expect(screen.getByRole('alert').textContent).toBe(words['refused.code-refused']));
  expect(screen.getByDisplayValue('7KQ2-M9XD')).toBeTruthy();
});

test('a number is removed', async () => {
  me = { ...me, phone: '+15155550123' };
  const user = await shown({
    'DELETE /v1/accounts/phone': () => {
      me = { ...me, phone: null };
      return json(null, 204);
    },
  });
  await press(user, 'Remove +15155550123');
  await screen.findByText('None yet');
});
