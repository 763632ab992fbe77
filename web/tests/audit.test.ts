/** What people did in others' things is called something for those who read of it. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';

const root = join(import.meta.dirname, '../..');

/** Operations outside of accounts that change what is not the asker's own, as the table of access has them. */
function deeds(): string[] {
  const services = readFileSync(join(root, 'docs/access.md'), 'utf8').split(/^## /m).slice(1);
  const rows = services.filter((text) => !text.startsWith('accounts')).flatMap((text) => text.split('\n'));
  const cells = rows.map((row) => row.split('|').map((cell) => cell.trim()));
  return cells
    .filter(
      ([, , call = '', , ...roles]) =>
        /^`(POST|PUT|PATCH|DELETE) /.test(call) && /store|all/.test(roles.slice(0, 8).join()),
    )
    .map(([, operation]) => operation as string);
}

test.each(['en', 'he'])('in %s', (language) => {
  const messages = JSON.parse(readFileSync(join(root, 'web/messages', language, 'people.json'), 'utf8'));
  expect(deeds().length).toBeGreaterThan(40);
  expect(deeds().filter((operation) => !messages[`action.${operation}`])).toEqual([]);
});
