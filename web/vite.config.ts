import { createRequire } from 'node:module';
import tailwindcss from '@tailwindcss/vite';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';
import { brotli } from './build/brotli.ts';
import { messages } from './build/messages.ts';

// The half of React's server that writes strings; the other half wants streams, which the binary does not have.
const reactInStrings = createRequire(import.meta.url)
  .resolve('react-dom/package.json')
  .replace('package.json', 'cjs/react-dom-server-legacy.browser.production.js');
/** What every page wants, but for what only pages do that nobody begins with. */
const BASE = /node_modules[\\/](react|react-dom|scheduler|@tanstack)[\\/]/;
const LATER =
  /(useQueries|queriesObserver|use(Suspense)?InfiniteQuery|infiniteQueryObserver|useMutation|mutationObserver)\.js/;
const house = process.env.TIPPLE ?? 'http://127.0.0.1:7000';

export default defineConfig(({ isSsrBuild }) => ({
  plugins: [messages(), react(), tailwindcss(), brotli()],
  resolve: { alias: { '@': new URL('./src', import.meta.url).pathname, 'react-dom/server': reactInStrings } },
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
              groups: [{ name: 'base', test: (id) => BASE.test(id) && !LATER.test(id) }],
            },
          },
        },
      },
}));
