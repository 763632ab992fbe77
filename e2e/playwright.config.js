import { defineConfig } from "@playwright/test";

// Chromium is the system's own; as root it has no sandbox.
export default defineConfig({
  testDir: ".",
  workers: 1,
  timeout: 90_000,
  expect: { timeout: 30_000 },
  reporter: "line",
  outputDir: "results",
  projects: [
    { name: "pay", testMatch: "pay.spec.js" },
    { name: "journeys", testIgnore: ["pay.spec.js", "every.spec.js"] },
    { name: "every", testMatch: "every.spec.js", dependencies: ["journeys"] },
  ],
  use: {
    launchOptions: {
      executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
      args: [
        "--no-sandbox",
        "--disable-gpu",
        "--disable-quic",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
      ],
    },
  },
});
