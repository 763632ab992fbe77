/** The types say what the interface says now. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';

const home = join(import.meta.dirname, '..');

test('schema.ts is what openapi/ gives: otherwise run `npm run api`', () => {
  const folder = mkdtempSync(join(tmpdir(), 'api-'));
  const made = join(folder, 'schema.ts');
  const { scripts } = JSON.parse(readFileSync(join(home, 'package.json'), 'utf8'));
  const command = scripts.generate.replace('src/schema.ts', made);
  try {
    execFileSync('sh', ['-c', command], { cwd: home, stdio: 'ignore' });
    assert.ok(
      readFileSync(made, 'utf8') === readFileSync(join(home, 'src/schema.ts'), 'utf8'),
      'it is stale',
    );
  } finally {
    rmSync(folder, { recursive: true });
  }
});
