import { defineConfig } from 'vite';

// By itself and in one file with a name that stays: a browser looks there for the next one.
export default defineConfig({
  publicDir: false,
  build: {
    outDir: '../dist/site',
    emptyOutDir: false,
    target: 'es2023',
    rolldownOptions: {
      input: new URL('./worker.ts', import.meta.url).pathname,
      output: { format: 'iife', entryFileNames: 'worker.js' },
    },
  },
});
