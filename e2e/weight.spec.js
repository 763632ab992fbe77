// What a page's script weighs until there is nothing more to fetch, in a real browser with nothing in its store, against
// the demo at BASE: also what comes after the first view. The first load alone is in web/tests/budget.test.ts.
import { gzipSync } from "node:zlib";
import { expect } from "@playwright/test";
import { awake } from "./looked.js";
import { base, call, filled, order, shelf, signIn, theStore } from "./people.js";
import { enter, phone, test } from "./windows.js";

/** Bytes with gzip, in Hebrew, whose words weigh more. */
const MOST = 130_000;
/** Pages with parts that come a moment later. */
const MORE = { checkout: 137_000, order: 137_000, account: 136_000 };
/** A page that fetches no script for so long has all that comes by itself, in milliseconds. */
const QUIET = 1_000;
const OTHERS = /\/(maplibre|google-map|chart|figures|board|pick-list|draft)[^/]*$/;

/** Whatever is shown there for the demo's customer, each an address. */
async function addresses() {
  const customer = await signIn("customer");
  const { store } = await theStore(await signIn("clerk"));
  const made = await order(store);
  const [one] = await shelf(store, 1);
  const cart = await filled(customer, store, [[one.product, 1, "best_match"]]);
  const [{ recipient, address, place, kind }] = (await call("GET", "/v1/accounts/addresses", customer)).items;
  await call("PUT", `/v1/cart/carts/${cart}/destination`, customer, { recipient, address, place, kind });
  return {
    home: "/",
    category: `/c/${one.category}`,
    product: `/p/${one.product}`,
    search: "/search?q=a",
    store: `/s/${store}`,
    basket: "/basket",
    checkout: `/checkout/${cart}`,
    order: `/orders/${made.order}`,
    orders: "/orders",
    account: "/account",
  };
}

/** The scripts that a page fetches until it fetches nothing any more, each with its weight. */
async function fetched(browser, path, known) {
  const origins = [{ origin: base, localStorage: [{ name: "signed-in", value: "1" }] }];
  const storageState = { cookies: [], origins: known ? origins : [] };
  const context = await browser.newContext({ ...phone, locale: "he-IL", serviceWorkers: "block", storageState });
  if (known) await enter(context, "customer");
  const page = await context.newPage();
  const scripts = new Set();
  page.on("request", (request) => {
    const { pathname } = new URL(request.url());
    if (pathname.endsWith(".js")) scripts.add(pathname);
  });
  await page.goto(path);
  await awake(page);
  await expect(page.locator("main [aria-busy=true]")).toHaveCount(0);
  // An order's page listens for as long as it is open, so the network alone does not tell.
  const idle = (quiet) => new Promise((then) => setTimeout(requestIdleCallback, quiet, then, { timeout: 10_000 }));
  for (let before = -1; before < scripts.size; ) {
    before = scripts.size;
    await page.evaluate(idle, QUIET);
  }
  await context.close();
  return scripts;
}

test("a page's script weighs little, with all that comes by itself", async ({ browser, request }) => {
  test.setTimeout(120_000);
  const weights = new Map();
  const weight = async (path) => {
    if (!weights.has(path)) weights.set(path, gzipSync(await (await request.get(base + path)).body()).length);
    return weights.get(path);
  };
  const said = [];
  for (const [name, path] of Object.entries(await addresses())) {
    const known = ["basket", "checkout", "order", "orders", "account"].includes(name);
    const scripts = await fetched(browser, path, known);
    let whole = 0;
    for (const script of scripts) whole += await weight(script);
    said.push(`${name} ${whole}`);
    expect.soft(scripts.size, name).toBeGreaterThan(3);
    expect.soft(whole, `${name}: ${[...scripts].join(" ")}`).toBeLessThan(MORE[name] ?? MOST);
    expect.soft([...scripts].filter((script) => OTHERS.test(script)), name).toEqual([]);
  }
  console.log(`bytes of script: ${said.join(", ")}`);
});
