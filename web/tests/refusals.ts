import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** What is said of a refusal in English, by its key: as it is written, where an import has it compiled. */
export const words: Record<string, string> = JSON.parse(
  readFileSync(join(import.meta.dirname, '../messages/en/refused.json'), 'utf8'),
);
