// Looking at pages, whichever they are.
import { appendFileSync, existsSync, mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "@playwright/test";
import axe from "axe-core";
import { password } from "./people.js";

const shots = process.env.SHOTS;
const seen = new Set();
/** What desks have been looked at for. */
const laid = new Set();
const DESK = { width: 1440, height: 900 };
/** Playwright empties this folder when a run begins. */
const results = join(import.meta.dirname, "results");
const list = join(results, "looked.txt");

/** The addresses of the pages that this run has looked at. */
export const addresses = () => (existsSync(list) ? readFileSync(list, "utf8").trim().split("\n") : []);

// What went wrong in the page's scripts, and what the browser kept it from doing.
export function watched(page) {
  const found = [];
  page.on("pageerror", (error) => found.push(String(error)));
  page.on("console", (message) => {
    const text = message.text();
    // That an answer was no is told on the page.
    if (message.type() === "error" && !text.startsWith("Failed to load resource")) found.push(text);
  });
  return found;
}

// No violation that axe knows of, light and dark, on telephones and on desks, once in a run; and pictures for people to
// look at, where they are wanted. What is shown instead of a page, when that cannot be, is no look at it.
export async function looked(page, name, { instead } = {}) {
  if (seen.has(name)) return;
  seen.add(name);
  await examined(page, name);
  for (const colorScheme of shots ? ["light", "dark"] : []) {
    await page.emulateMedia({ colorScheme });
    await pictured(page, `${name}-${colorScheme}`);
  }
  const before = page.viewportSize();
  await page.setViewportSize(DESK);
  expect(await widerThanWindow(page), `${name} is no wider than a desk's window`).toBeLessThanOrEqual(0);
  // What looks on desks as it has looked elsewhere is not looked at again.
  const fresh = (await looksOf(page)).filter((one) => !laid.has(one));
  if (fresh.length > 0) await examined(page, `${name}, on a desk`);
  for (const one of fresh) laid.add(one);
  await page.setViewportSize(before);
  await page.emulateMedia({ colorScheme: "light" });
  if (instead) return;
  mkdirSync(results, { recursive: true });
  appendFileSync(list, `${new URL(page.url()).pathname.replace(/(.)[/]$/, "$1")}\n`);
}

/** Light and dark, at the width that it has. */
async function examined(page, name) {
  for (const colorScheme of ["light", "dark"]) {
    await page.emulateMedia({ colorScheme });
    expect(await violations(page, colorScheme), `${name}, ${colorScheme}`).toEqual([]);
  }
  expect(await widerThanWindow(page), `${name} is no wider than the window`).toBeLessThanOrEqual(0);
}

/** So many pixels, or less than none. */
export const widerThanWindow = (page) =>
  page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);

/** What all that is seen is drawn by: colours, sizes and places follow from nothing else. */
function looksOf(page) {
  return page.evaluate(() => {
    const shown = [...document.body.querySelectorAll("*")].filter((one) => one.checkVisibility());
    return [...new Set(shown.map((one) => `${one.localName} ${one.getAttribute("class") ?? ""}`))];
  });
}

// As wide as telephones and desks are.
export async function pictured(page, name) {
  if (!shots) return;
  for (const width of [390, 1440]) {
    await page.setViewportSize({ width, height: 900 });
    // What sticks to the top stands there, rather than in the midst of the picture.
    await page.evaluate(() => window.scrollTo(0, 0));
    await page.screenshot({ path: `${shots}/${name}-${width}.png`, fullPage: true });
  }
  await page.setViewportSize({ width: 390, height: 844 });
}

async function violations(page, colorScheme) {
  if (!(await page.evaluate(() => "axe" in window))) await page.evaluate(axe.source);
  return page.evaluate(async (light) => {
    // Colours that are still changing are nobody's.
    const passing = document.getAnimations().filter(({ effect }) => effect.getComputedTiming().endTime < 60_000);
    await Promise.allSettled(passing.map(({ finished }) => finished));
    // What has been scrolled below the head of the page is no smaller for it.
    const before = scrollY;
    scrollTo({ top: 0, behavior: "instant" });
    // The dark has other colours, and nothing else. How large what one taps is has to be asked for.
    const only = light
      ? { rules: { "target-size": { enabled: true } } }
      : { runOnly: { type: "rule", values: ["color-contrast"] } };
    const { violations: all } = await window.axe.run({ resultTypes: ["violations"], ...only });
    scrollTo({ top: before, behavior: "instant" });
    return all.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html}`));
  }, colorScheme === "light");
}

// The page's script has taken over from what the house has written.
export function awake(page) {
  return page.waitForFunction(() => Object.keys(document.getElementById("site")).some((key) => key.startsWith("__react")));
}

// One of the demo's people signs in on the page that asks who they are.
export async function signInAs(page, name) {
  await page.getByLabel("E-mail address").fill(`${name}@demo.tipple.test`);
  await page.getByLabel("Password").fill(password);
  await page.getByRole("main").getByRole("button", { name: "Sign in" }).click();
}
