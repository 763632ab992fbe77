// Nothing moves while a page comes, in a real browser, against the demo at BASE: not when the script takes over what the
// house has written, nor when everything that a page asks for takes two seconds.
import { expect } from "@playwright/test";
import { awake, watched } from "./looked.js";
import { base, call, signIn, until } from "./people.js";
import { enter, phone, test } from "./windows.js";

/** In the middle of the demo's town. */
const PLACE = JSON.stringify({ label: "500 Locust St", lat: 41.5873, lon: -93.624 });
const SLOW = 2_000;

/** A window in which all that moves is kept in mind. */
async function opened(browser, kept = {}) {
  const localStorage = Object.entries(kept).map(([name, value]) => ({ name, value }));
  const context = await browser.newContext({
    ...phone,
    storageState: { cookies: [], origins: [{ origin: base, localStorage }] },
  });
  await context.addInitScript(() => {
    globalThis.moved = [];
    new PerformanceObserver((list) => {
      for (const { value, hadRecentInput, sources } of list.getEntries()) {
        const of = (sources ?? []).map(({ node }) => node?.outerHTML?.slice(0, 200) ?? node?.textContent ?? "");
        if (!hadRecentInput) globalThis.moved.push({ value, of });
      }
    }).observe({ type: "layout-shift", buffered: true });
  });
  return context;
}

/** Once there is nothing to do any more. */
async function still(page) {
  await awake(page);
  await page.waitForLoadState("networkidle");
  const idle = () => new Promise((then) => requestIdleCallback(then, { timeout: 10_000 }));
  for (let times = 0; times < 3; times++) await page.evaluate(idle);
  // What moves is told a frame later.
  await page.evaluate(() => new Promise((then) => requestAnimationFrame(() => requestAnimationFrame(then))));
  return page.evaluate(() => globalThis.moved);
}

const product = async () => {
  const { items } = await call("GET", "/v1/catalogue/products?limit=1&in_stock=true");
  return items[0];
};

/** A store that takes no orders while the test runs. */
async function closed(then) {
  const clerk = await signIn("clerk");
  const { roles } = await call("GET", "/v1/accounts/me", clerk);
  const [store] = roles.flatMap(({ stores }) => stores ?? []);
  await call("PUT", `/v1/catalogue/stores/${store}/pause`, clerk, { minutes: 30, reason: "Busy" });
  try {
    // A page may be as old as the house keeps it.
    const told = async (path) => /Takes no orders for a while/.test(await (await fetch(base + path)).text());
    await until("it is told", async () => (await told(`/s/${store}`)) && (await told("/stores")));
    await then(store);
  } finally {
    await call("DELETE", `/v1/catalogue/stores/${store}/pause`, clerk);
  }
}

for (const kept of [{}, { "own:place": PLACE }]) {
  const whom = kept["own:place"] ? "who has an address" : "a stranger";

  test(`home stands still for ${whom}`, async ({ browser }) => {
    const context = await opened(browser, kept);
    const page = await context.newPage();
    await page.goto("/");
    expect(await still(page)).toEqual([]);
    await context.close();
  });

  test(`a store that is closed, and what it sells, stand still for ${whom}`, async ({ browser }) => {
    await closed(async (store) => {
      const context = await opened(browser, kept);
      const page = await context.newPage();
      const { items } = await call("GET", `/v1/catalogue/stores/${store}/listings?limit=1`);
      for (const path of [`/s/${store}`, `/p/${items[0].product}`, "/stores"]) {
        await page.goto(path);
        expect(await still(page), path).toEqual([]);
      }
      await context.close();
    });
  });
}

/** What the house sends of a page when what it shows has not come in time: its place is kept as a basket's is. */
async function late(context, page) {
  const html = await (await context.request.get("/basket")).text();
  const parts = /(<body><div id="site">)(.*)(<\/div><script type="application\/json" id="given">)(.*?)(<\/script>)/s;
  const [, , body] = parts.exec(html);
  await page.route(
    (url) => !/^\/(v1|assets)\/|[.]\w+$/.test(url.pathname),
    async (route) => {
      const answer = await route.fetch();
      const whole = await answer.text();
      await route.fulfill({
        response: answer,
        body: whole.replace(parts, (_, start, __, middle, ___, end) => start + body + middle + end),
      });
    },
  );
}

for (const [name, path] of Object.entries({
  home: () => "/",
  category: async () => `/c/${(await product()).category}`,
  product: async () => `/p/${(await product()).product}`,
  basket: () => "/basket",
})) {
  test(`${name} keeps its place while each answer takes two seconds`, async ({ browser }) => {
    const context = await opened(browser, { "signed-in": "1" });
    await enter(context, "customer");
    const page = await context.newPage();
    const wrong = watched(page);
    await late(context, page);
    await page.route("**/v1/**", async (route) => {
      await new Promise((then) => setTimeout(then, SLOW));
      await route.continue();
    });
    await page.goto(await path(), { waitUntil: "commit" });
    const main = page.getByRole("main");
    await expect(main.locator("[aria-busy=true]").first()).toBeVisible();
    await expect(main.getByRole("heading", { level: 1 })).toBeVisible();
    await expect(main.locator("[aria-busy=true]")).toHaveCount(0);
    const moved = await still(page);
    // Over how many lines a drink's name goes is not known before it has come; no page moves more than this.
    if (name === "basket") expect(moved.reduce((sum, { value }) => sum + value, 0)).toBeLessThanOrEqual(0.02);
    else expect(moved).toEqual([]);
    await expect(page.getByRole("alert").filter({ hasText: /\S/ })).toHaveCount(0);
    expect(wrong).toEqual([]);
    await context.close();
  });
}
