// @vitest-environment jsdom
import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { cleanup, render, screen, waitFor } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { useState } from 'react';
import { afterEach, beforeAll, expect, test } from 'vitest';
import { learn, speak } from '@/lib/messages.ts';
import { Failed } from '@/lib/network.ts';
import { useSending } from '@/lib/sending.ts';
import { Field, Form } from '@/ui/form.tsx';

beforeAll(async () => {
  speak('en');
  await Promise.all([learn('shop'), learn('own')]);
});
afterEach(cleanup);

function Letter({ send }: { send: (fields: Record<string, string>) => Promise<void> }) {
  const sending = useSending(send);
  return (
    <Form send={sending.mutate} busy={sending.isPending} failed={sending.error} submit="Send">
      <Field name="email" type="email" label="E-mail" required />
      <Field name="code" label="Code" minLength={8} />
    </Form>
  );
}

const shown = (send: (fields: Record<string, string>) => Promise<void>) =>
  render(
    <QueryClientProvider client={new QueryClient()}>
      <Letter send={send} />
    </QueryClientProvider>,
  );

test('what is missing is said in its place, gets the focus, and nothing is sent', async () => {
  let sent = 0;
  shown(async () => {
    sent += 1;
  });
  await userEvent.click(screen.getByRole('button', { name: 'Send' }));
  const email = screen.getByLabelText('E-mail');
  expect(email).toBe(document.activeElement);
  expect(email.getAttribute('aria-invalid')).toBe('true');
  expect(screen.getByText('This is needed.')).toBeTruthy();
  expect(sent).toBe(0);
});

test('what the house says stands at its field, and what was typed stays', async () => {
  const problem = {
    status: 422,
    code: 'invalid-input',
    title: 'No.',
    detail: 'All of it.',
    errors: [{ field: 'code', message: 'is not of this letter' }],
  };
  shown(() => Promise.reject(new Failed(problem)));
  await userEvent.type(screen.getByLabelText('E-mail'), 'ann@example.com');
  await userEvent.type(screen.getByLabelText('Code'), '7KQ2-M9XD');
  await userEvent.click(screen.getByRole('button', { name: 'Send' }));
  await waitFor(() => expect(screen.getByText('is not of this letter')).toBeTruthy());
  expect(screen.getByLabelText('Code')).toBe(document.activeElement);
  // Seen once, and heard.
  expect(screen.getByRole('alert').textContent).toBe('All of it.');
  expect(screen.getByRole('alert').className).toBe('sr-only');
  expect((screen.getByLabelText('Code') as HTMLInputElement).value).toBe('7KQ2-M9XD');
});

test('what is said of the whole, or of what is not asked for here, stands above the button', async () => {
  const problem = {
    status: 422,
    code: 'invalid-input',
    title: 'No.',
    detail: 'Not from there.',
    field: 'place',
  };
  shown(() => Promise.reject(new Failed(problem)));
  await userEvent.type(screen.getByLabelText('E-mail'), 'ann@example.com');
  await userEvent.click(screen.getByRole('button', { name: 'Send' }));
  await waitFor(() => expect(screen.getByRole('alert')).toBe(document.activeElement));
  expect(screen.getByText('Not from there.').lang).toBe('en');
  expect(screen.getByRole('alert').className).not.toBe('sr-only');
});

test('pressed twice it is sent once', async () => {
  let sent = 0;
  shown(async () => {
    sent += 1;
    await new Promise(() => {});
  });
  await userEvent.type(screen.getByLabelText('E-mail'), 'ann@example.com');
  await userEvent.click(screen.getByRole('button', { name: 'Send' }));
  await userEvent.click(screen.getByRole('button', { name: 'One moment…' }));
  expect(sent).toBe(1);
});

function Reason() {
  const [reason, setReason] = useState('');
  return (
    <Form send={() => {}} busy={false} submit="Send">
      <Field name="email" type="email" label="E-mail" required />
      <button type="button" onClick={() => setReason('Too busy')}>
        Too busy
      </button>
      <Field
        name="reason"
        label="Why"
        value={reason}
        onChange={({ target }) => setReason(target.value)}
        required
      />
    </Form>
  );
}

test('what has been put right is said no longer, whether it was typed or chosen', async () => {
  render(<Reason />);
  await userEvent.click(screen.getByRole('button', { name: 'Send' }));
  expect(screen.getAllByText('This is needed.')).toHaveLength(2);
  await userEvent.click(screen.getByRole('button', { name: 'Too busy' }));
  expect(screen.getAllByText('This is needed.')).toHaveLength(1);
  expect(screen.getByLabelText('Why').getAttribute('aria-invalid')).toBe('false');
  await userEvent.type(screen.getByLabelText('E-mail'), 'ann');
  expect(screen.getByText('This does not look right: name@example.com is the form.')).toBeTruthy();
  await userEvent.type(screen.getByLabelText('E-mail'), '@example.com');
  expect(screen.queryByText(/needed|look right/)).toBeNull();
});
