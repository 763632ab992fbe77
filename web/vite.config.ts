import { createRequire } from 'node:module';
import tailwindcss from '@tailwindcss/vite';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';
import { brotli } from './build/brotli.ts';
import { messages } from './build/messages.ts';
import { reached } from './build/reached.ts';

// The half of React's server that writes strings; the other half wants streams, which the binary does not have.
const reactInStrings = createRequire(import.meta.url)
  .resolve('react-dom/package.json')
  .replace('package.json', 'cjs/react-dom-server-legacy.browser.production.js');
/** What every page wants of others and of ours, but for what only pages do that nobody begins with. */
const OTHERS =
  /node_modules[\\/](react|react-dom|scheduler|@tanstack|@lingui|@messageformat|use-sync-external-store)[\\/]|packages[\\/]api[\\/]/;
/** What most pages want, if not all. */
const MOST = [
  'lib/format.ts',
  'ui/said.ts',
  'ui/later.tsx',
  'ui/anew.tsx',
  'ui/fails.tsx',
  'ui/stale.tsx',
  'lib/sending.ts',
];
const src = new URL('./src/', import.meta.url).pathname;
const OURS = new Set(
  [...reached('main.tsx')]
    .filter((name) => name !== 'main.tsx')
    .concat(MOST)
    .map((name) => src + name),
);
const LATER =
  /(useQueries|queriesObserver|use(Suspense)?InfiniteQuery|infiniteQueryObserver|useMutation|mutationObserver)\.js/;
const house = process.env.TIPPLE ?? 'http://127.0.0.1:7000';

export default defineConfig(({ isSsrBuild }) => ({
  plugins: [messages(), react(), tailwindcss(), brotli()],
  resolve: {
    alias: {
      '@': new URL('./src', import.meta.url).pathname,
      'react-dom/server': reactInStrings,
      // What older Reacts want is not sent to anybody.
      'use-sync-external-store/shim': 'use-sync-external-store',
    },
  },
  ...(isSsrBuild && { define: { global: 'globalThis' } }),
  server: { proxy: { '/v1': house, '/sandbox': house, '/pay': house } },
  // One file that asks for nothing: it runs inside the binary, where there is neither Node nor a browser.
  ssr: {
    noExternal: true,
    target: 'webworker',
    resolve: { conditions: ['workerd', 'module', 'production'] },
  },
  build: isSsrBuild
    ? {
        outDir: 'dist/server',
        ssr: 'src/server.tsx',
        target: 'es2023',
        minify: true,
        rolldownOptions: {
          output: { format: 'iife', name: 'site', codeSplitting: false, entryFileNames: 'server.js' },
        },
      }
    : {
        outDir: 'dist/site',
        assetsDir: 'assets',
        assetsInlineLimit: 0,
        manifest: 'manifest.json',
        target: 'es2023',
        rolldownOptions: {
          input: { shop: 'src/main.tsx' },
          // What every page wants comes in one file: many small ones are larger in all.
          output: {
            codeSplitting: {
              groups: [{ name: 'base', test: (id) => (OTHERS.test(id) || OURS.has(id)) && !LATER.test(id) }],
            },
          },
        },
      },
}));
