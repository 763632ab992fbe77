import { mergeConfig } from 'vite';
import { defineConfig } from 'vitest/config';
import vite from './vite.config.ts';

export default defineConfig((env) =>
  mergeConfig(vite({ ...env, isSsrBuild: false }), {
    // However busy the machine is.
    test: { include: ['tests/**/*.test.{ts,tsx}'], testTimeout: 30_000 },
  }),
);
