/** Leaving: at the house first, whose cookie no script can take away. */

import { t } from './messages.ts';
import { ask, Failed, ours } from './network.ts';
import { over, perhaps, token } from './session.ts';

/**
 * Ends the session everywhere: at the house, here and in the other tabs. Where the house has not heard of it, it is not
 * ended, and nothing here says so.
 */
export async function signOut(): Promise<void> {
  // Without a token the session cannot be named; it may have ended meanwhile.
  if (!(await token()) && perhaps()) throw ours(t('account.stillIn'));
  if (perhaps()) await told();
  over();
}

async function told() {
  try {
    await ask('/v1/accounts/sign-out', {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-session': 'cookie' },
      body: '{}',
    });
  } catch (failed) {
    // It had ended already.
    if (failed instanceof Failed && failed.problem.status === 401 && !perhaps()) return;
    throw ours(t('account.stillIn'));
  }
}
