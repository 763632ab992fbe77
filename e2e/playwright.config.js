import { defineConfig } from "@playwright/test";

/** Journeys that only look, or at what is made up: others at work beside them do not disturb them, nor they the others. */
const LOOKS = ["assets.spec.js", "first-view.spec.js", "names.spec.js", "outage.spec.js"];
/** What measures, fills the house, or draws without a graphics card has it for itself. */
const ALONE = ["drawn.spec.js", "lighthouse.spec.js", "many.spec.js", "weight.spec.js"];
const PAY = "pay.spec.js";
const EVERY = "every.spec.js";

// Chromium is the system's own; as root it has no sandbox.
export default defineConfig({
  testDir: ".",
  // One of each kind: people who share a store and a driver wait for each other.
  workers: 2,
  timeout: 90_000,
  expect: { timeout: 30_000 },
  // A machine that does other things too is late once; what goes wrong twice is wrong. A person who looks is told at once.
  retries: process.env.CI ? 1 : 0,
  // Where nobody watches, what failed is what there is to read.
  reporter: process.env.CI ? "dot" : "line",
  outputDir: "results",
  projects: [
    { name: "pay", testMatch: PAY, workers: 1 },
    { name: "journeys", testIgnore: [PAY, EVERY, ...LOOKS, ...ALONE], workers: 1 },
    { name: "looks", testMatch: LOOKS, workers: 1 },
    { name: "alone", testMatch: ALONE, workers: 1, dependencies: ["journeys", "looks"] },
    { name: "every", testMatch: EVERY, dependencies: ["alone"] },
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
