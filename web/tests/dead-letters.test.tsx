// @vitest-environment jsdom
/** Events that could not be handled, put back: what became of each. */
import { act, cleanup, screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { AT_LAST, afresh, answering, full, json, many, refused, visit } from './visit.tsx';

const few = { ...many, length: 3 };
const letter = (n: number, dead_at = '2026-11-27T10:00:00Z') => ({
  letter: n,
  queue: 'payments',
  kind: 'tipple.orders.placed',
  subject: '01a21c5a-2673-7207-a3ac-bcd75d15f9dc',
  attempts: 36,
  error: `nobody knew what to do with ${n}`,
  dead_at,
});

let dead: ReturnType<typeof letter>[];
let asked: string[];

/** A house that keeps what is dead, and puts back what it is told to. */
function open(replay: (n: number) => Response) {
  const answers = full(few);
  answering((address, init) => {
    const put = address.match(/^\/v1\/gateway\/dead-letters\/(\d+)\/replay$/);
    if (put && init?.method === 'POST') {
      asked.push(address);
      return replay(Number(put[1]));
    }
    if (address.startsWith('/v1/gateway/dead-letters')) return json({ items: dead, next: null });
    return answers(address, init);
  }, few);
  visit('/operator/dead-letters');
}

const back = (n: number) =>
  screen.findByRole('button', { name: new RegExp(`^Put it back: event ${n},`) }, AT_LAST);
const gone = (n: number) => {
  dead = dead.filter((one) => one.letter !== n);
  return new Response(null, { status: 204 });
};

afresh();
beforeEach(() => {
  dead = [letter(7), letter(8)];
  asked = [];
});
afterEach(() => {
  cleanup();
  vi.useRealTimers();
});

test('one is put back by its own button, and the others stay', async () => {
  open(gone);
  await userEvent.click(await back(7));
  await screen.findByText(/^It is back in its queue/, undefined, AT_LAST);
  await waitFor(() => expect(screen.queryByText('nobody knew what to do with 7')).toBeNull(), AT_LAST);
  expect(screen.getByText('nobody knew what to do with 8')).toBeTruthy();
  expect(asked).toEqual(['/v1/gateway/dead-letters/7/replay']);
  const other = screen.getByText('nobody knew what to do with 8').closest('article') as HTMLElement;
  expect(within(other).getByRole('link').getAttribute('href')).toBe(
    '/operator/orders/01a21c5a-2673-7207-a3ac-bcd75d15f9dc',
  );
});

test('those that are chosen are put back; one that cannot be says why, and keeps none of the others', async () => {
  dead = [letter(7), letter(8), letter(9)];
  open((n) =>
    n === 8 ? json({ ...refused, code: 'queue-full', detail: 'The queue is full.' }, 409) : gone(n),
  );
  await userEvent.click(await screen.findByRole('button', { name: 'Choose all that are shown' }, AT_LAST));
  await userEvent.click(screen.getByRole('button', { name: 'Put these 3 back' }));
  await screen.findByText(/^It could not be put back: .*The queue is full/, undefined, AT_LAST);
  expect(screen.getByText(/^2 are back in their queues/)).toBeTruthy();
  expect(asked).toHaveLength(3);
  expect(screen.getByText('nobody knew what to do with 8')).toBeTruthy();
  expect(screen.queryByText('nobody knew what to do with 9')).toBeNull();
});

test('what could not be handled again comes back here, and it is said so', async () => {
  vi.useFakeTimers({ shouldAdvanceTime: true });
  open(gone);
  await userEvent.setup({ advanceTimers: vi.advanceTimersByTimeAsync }).click(await back(8));
  await screen.findByText(/^It is back in its queue/, undefined, AT_LAST);
  dead = [...dead, letter(8, '2026-11-27T11:00:00Z')];
  // Nobody presses anything: the page looks for itself.
  await act(() => vi.advanceTimersByTimeAsync(20_000));
  await screen.findByText('It was put back, and could not be handled again.', undefined, AT_LAST);
  await waitFor(() => expect(screen.queryByText(/^It is back in its queue/)).toBeNull(), AT_LAST);
});
