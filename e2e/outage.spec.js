// A house that does not answer, or late, in a real browser, whose pages are the demo's at BASE.
import { expect } from "@playwright/test";
import { awake, widerThanWindow } from "./looked.js";
import { arrived, from, goneTo, madeUp, ONE, shares } from "./made-up.js";
import { phone, test } from "./windows.js";

test.use(phone);
test.describe.configure({ timeout: 120_000 });

const SLOW = 2_000;
/** So many windows at once: most of the time all of them wait. */
const WINDOWS = 6;
const detail = "A part of the house is broken.";
const BROKEN = {
  status: 500,
  contentType: "application/problem+json",
  body: JSON.stringify({ type: "about:blank", status: 500, code: "internal", title: detail, detail, request_id: "r-1" }),
};
/** Pages that show what somebody came with or may fill in, and do without what they ask besides. */
const DO_WITHOUT = /^[/](sign-in|sign-up|signed-in|forgotten|reset-password|confirm-email|confirm-phone|invitation)$/;
/** A driver without a connection is told so by the page itself. */
const ALONE = "There is no connection, and this phone knows of no shift.";
const alerts = (page) => page.locator("main [role=alert]:visible").filter({ hasText: /\S/ }).or(page.getByText(ALONE));
const again = (page) => page.getByRole("main").getByRole("button", { name: /^(Try again|Load the page anew)/ });

/**
 * A window of somebody who may see all pages, to whom the house answers with `hindrance` while that is on; what it
 * asked meanwhile that it had not been told before; and what went wrong in its scripts.
 */
async function hindered(browser, hindrance) {
  const now = { on: false, asked: new Set(), told: new Set() };
  const context = await madeUp(browser, {
    first: (request) => {
      const { pathname, search } = new URL(request.url());
      const [reads, what] = [request.method() === "GET" && !pathname.endsWith("/events"), pathname + search];
      if (!now.on) return void (reads && now.told.add(what));
      if (reads && !now.told.has(what)) now.asked.add(what);
      return hindrance(now);
    },
  });
  // The app asks a second time after a second, and a third after two: nobody waits for that here.
  await context.addInitScript(() => {
    const later = globalThis.setTimeout;
    globalThis.setTimeout = (then, wait, ...others) => later(then, wait === 1_000 || wait === 2_000 ? wait / 10 : wait, ...others);
  });
  const page = await context.newPage();
  const wrong = [];
  // A promise that nobody catches is one, too.
  page.on("pageerror", (error) => wrong.push(String(error)));
  return { context, page, now, wrong };
}

/** Each page is gone to from another one of its kind while the house is hindered, and looked at. */
async function everywhere(browser, hindrance, look) {
  await Promise.all(
    shares(WINDOWS).map(async (pages) => {
      const { context, page, now, wrong } = await hindered(browser, hindrance);
      for (const one of pages) {
        now.on = false;
        await from(page, one.address);
        Object.assign(now, { on: true, asked: new Set(), answer: BROKEN });
        await goneTo(page, one.address);
        await look(page, one, now);
        expect.soft(await widerThanWindow(page), `${one.page} is no wider than the window`).toBeLessThanOrEqual(0);
        expect.soft(wrong.splice(0), one.page).toEqual([]);
      }
      await context.close();
    }),
  );
}

/** It says what happened, in words of its own, with a heading and a way to try again. */
async function said(page, name, where) {
  await expect.soft(page.getByRole("heading", { level: 1 }).first(), name).toBeVisible({ timeout: 10_000 });
  await expect.soft(alerts(page).first(), `${name} says so (${where})`).toBeVisible({ timeout: 10_000 });
  await expect.soft(again(page).first(), `${name} leads on (${where})`).toBeVisible({ timeout: 10_000 });
}

/** The house is back: whoever tries again has what they came for. */
async function back(page, name) {
  await expect(async () => {
    for (const one of await again(page).all()) await one.click({ timeout: 500 }).catch(() => undefined);
    await expect(page.locator("main [aria-busy=true]")).toHaveCount(0, { timeout: 3_000 });
    await expect(again(page)).toHaveCount(0, { timeout: 500 });
  }, `${name} is back`).toPass({ timeout: 20_000 });
  await expect.soft(page.getByRole("heading", { level: 1 }).first(), `${name} is back`).toBeVisible();
}

test("every page of a house that is broken, or out of reach, says so, and is there when it is back", async ({ browser }) => {
  await everywhere(browser, async (now) => now.answer, async (page, { page: name }, now) => {
    await arrived(page);
    await expect.soft(page.getByRole("main"), name).toContainText(/\w/);
    if (now.asked.size > 0 && !DO_WITHOUT.test(name)) {
      await said(page, name, [...now.asked].join(" "));
      // Who tries again before it is back is told again, and can go on trying.
      now.answer = "abort";
      await again(page).first().click();
      const told = alerts(page).filter({ hasText: /offline|connection/i }).first();
      await expect.soft(told, `${name} says that it is out of reach`).toBeVisible({ timeout: 10_000 });
      await expect.soft(again(page).first(), `${name} leads on`).toBeVisible({ timeout: 10_000 });
    }
    now.on = false;
    await back(page, name);
  });
});

test("every page waits for a slow house, and then is there", async ({ browser }) => {
  const slow = () => new Promise((then) => setTimeout(then, SLOW));
  await everywhere(browser, slow, async (page, { page: name }, now) => {
    const main = page.getByRole("main");
    await expect.soft(main, `${name} is not blank meanwhile`).toContainText(/\w/);
    await arrived(page);
    await expect.soft(again(page), `${name} (${[...now.asked].join(" ")})`).toHaveCount(0);
  });
});

test("who comes to a house that cannot be reached at all is told so, and goes on when it is back", async ({ browser }) => {
  const pages = ["/account", `/checkout/${ONE}`, "/vendor/orders", "/operator/live", "/driver"];
  await Promise.all(
    pages.map(async (address) => {
      const { context, page, now, wrong } = await hindered(browser, async () => "abort");
      now.on = true;
      await page.goto(address);
      await said(page, address, "at once");
      now.on = false;
      await back(page, address);
      expect.soft(wrong, address).toEqual([]);
      await context.close();
    }),
  );
});

test("who follows a link to a slow page sees and hears that it comes, and nothing moves for it", async ({ browser }) => {
  const slow = () => new Promise((then) => setTimeout(then, SLOW));
  for (const [colorScheme, brand] of [["light", "rgb(15, 92, 74)"], ["dark", "rgb(87, 195, 164)"]]) {
    const { context, page, now, wrong } = await hindered(browser, slow);
    await context.addInitScript(() => {
      globalThis.moved = [];
      const keep = (list) => globalThis.moved.push(...list.getEntries().map(({ value }) => value));
      new PerformanceObserver(keep).observe({ type: "layout-shift", buffered: true });
    });
    await page.emulateMedia({ colorScheme, reducedMotion: "no-preference" });
    await page.goto("/help");
    await awake(page);
    await page.waitForLoadState("networkidle");
    now.on = true;
    const content = page.locator("#content");
    const said = page.locator("body > [role=status]");
    const heading = await page.getByRole("heading", { level: 1 }).textContent();
    const line = () =>
      content.evaluate((shown) => {
        const { position, borderTopWidth, borderTopColor, animationName } = getComputedStyle(shown, "::before");
        return [position, borderTopWidth, borderTopColor, animationName];
      });
    await page.evaluate(() => globalThis.moved.splice(0));
    await page.getByRole("link", { name: "Stores" }).click();
    await expect(content).toHaveAttribute("aria-busy", "true", { timeout: SLOW });
    await expect(said).toHaveText("One moment…");
    await expect(page.getByRole("heading", { level: 1 })).toHaveText(heading);
    expect(await line()).toEqual(["fixed", "3px", brand, "coming"]);
    await page.emulateMedia({ reducedMotion: "reduce" });
    expect(await line()).toEqual(["fixed", "3px", brand, "none"]);
    expect(await page.evaluate(() => globalThis.moved)).toEqual([]);
    await arrived(page);
    await expect(page.getByRole("heading", { level: 1 })).not.toHaveText(heading);
    await expect(content).not.toHaveAttribute("aria-busy", "true");
    await expect(said).toHaveText("");
    expect(wrong).toEqual([]);
    await context.close();
  }
});
