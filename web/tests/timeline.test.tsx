// @vitest-environment jsdom
/** When what happened with an order did. */
import { cleanup, render } from '@testing-library/react';
import { afterEach, beforeAll, expect, test } from 'vitest';
import { Timeline } from '@/features/order/timeline.tsx';
import { learn, speak } from '@/lib/messages.ts';

beforeAll(async () => {
  speak('en');
  await learn('order');
});
afterEach(cleanup);

test('the day stands where it is another than the one on which it was ordered, by the store’s clock', () => {
  const history = [
    { seq: 1, at: '2026-11-27T18:00:00Z', what: 'placed', note: {} },
    { seq: 2, at: '2026-11-28T05:59:00Z', what: 'paid', note: {} },
    { seq: 3, at: '2026-11-28T18:30:00Z', what: 'delivered', note: {} },
  ] as never;
  const { container } = render(<Timeline history={history} zone="America/Chicago" />);
  const times = [...container.querySelectorAll('time')].map(({ textContent }) => textContent);
  expect(times).toEqual(['Nov 28, 2026, 12:30 PM', '11:59 PM', '12:00 PM']);
});
