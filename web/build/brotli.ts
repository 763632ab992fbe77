/** Lays a compressed copy beside every file that gains by it, so that nobody compresses while a visitor waits. */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { brotliCompressSync } from 'node:zlib';
import type { Plugin } from 'vite';

/** Fonts and pictures are compressed already. */
const TEXT = /\.(js|css|svg|json|webmanifest)$/;

export function brotli(): Plugin {
  let folder = '';
  return {
    name: 'brotli',
    apply: 'build',
    configResolved(config) {
      folder = config.build.ssr ? '' : config.build.outDir;
    },
    closeBundle() {
      if (!folder) return;
      for (const name of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
        if (!TEXT.test(name)) continue;
        const path = join(folder, name);
        const plain = readFileSync(path);
        const small = brotliCompressSync(plain);
        if (small.length < plain.length) writeFileSync(`${path}.br`, small);
      }
    },
  };
}
