// @vitest-environment jsdom
/** In which language somebody is written to. */
import { screen, waitFor } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { expect, test, vi } from 'vitest';
import { AT_LAST, afresh, answering, full, json, long, visit } from './visit.tsx';

afresh();

/** An account in that language; what is changed of it. */
function written(language: string): unknown[] {
  const changes: unknown[] = [];
  const me = {
    person: 'p',
    email: 'ann@example.com',
    given_name: 'Ann',
    family_name: 'Lee',
    language,
    date_of_birth: '1990-04-01',
    version: 7,
    has_password: true,
    roles: [],
  };
  answering(full(long), long);
  const house = fetch;
  vi.stubGlobal('fetch', async (address: string, init?: RequestInit) => {
    if (address !== '/v1/accounts/me') return house(address, init);
    if (init?.method === 'PATCH') {
      changes.push(JSON.parse(String(init.body)));
      Object.assign(me, changes.at(-1), { version: 8 });
    }
    return json(me);
  });
  return changes;
}

test('letters come in the language of the page once somebody wants them to', async () => {
  const changes = written('he-IL');
  visit('/account');
  const letters = { name: 'Letters to me in this language, too' };
  await userEvent.click(await screen.findByRole('button', letters, AT_LAST));
  await waitFor(() => expect(screen.queryByRole('button', letters)).toBeNull(), AT_LAST);
  expect(changes).toEqual([{ language: 'en' }]);
});

test('where they do already nothing is offered', async () => {
  written('en-GB');
  visit('/account');
  await screen.findByRole('combobox', { name: 'Language' }, AT_LAST);
  await screen.findByDisplayValue('Ann', {}, AT_LAST);
  expect(screen.queryByRole('button', { name: /Letters to me/ })).toBeNull();
});
