// From right to left, in a real browser, against the demo at BASE: nothing of ours is left in English.
import { readdirSync, readFileSync } from "node:fs";
import { expect } from "@playwright/test";
import { looked, watched } from "./looked.js";
import { call, filled, order, shelf, signIn, theStore, until } from "./people.js";
import { phone, signedIn, test } from "./windows.js";

test.describe.configure({ timeout: 120_000 });

const folder = new URL("../web/messages/he/", import.meta.url);
const HEBREW = Object.assign({}, ...readdirSync(folder).map((name) => JSON.parse(readFileSync(new URL(name, folder)))));
const says = (key) => HEBREW[key];
const LATIN = /[A-Za-z]{2,}/g;
/** What a language calls itself, and what makers call browsers and systems. */
const CALLED = ["English", "Chrome", "Headless", "HeadlessChrome", "Linux", "node"];
/** Names that are written like this in Hebrew, too: PDF, CSV. */
const borrowed = Object.values(HEBREW).flatMap((text) => text.replace(/\{[^{}]*[{,}]/g, " ").match(LATIN) ?? []);
const BORROWED = new Set([...CALLED, ...borrowed.filter((word) => /^[A-Z]/.test(word))]);
/** How an address for mail looks. */
const MAIL = /\S+@\S+/g;

/** Somebody's window in Hebrew, or that of somebody unknown, and the names that the house has told it. */
async function inHebrew(browser, name) {
  const how = { locale: "he-IL", serviceWorkers: "block" };
  const context = await (name ? signedIn(browser, name, how) : browser.newContext({ ...phone, ...how }));
  const page = await context.newPage();
  const told = new Set();
  page.on("response", async (answer) => {
    if (!/\/v1\//.test(answer.url())) return;
    const text = await answer.text().catch(() => "");
    if (text.startsWith("{") || text.startsWith("[")) collect(JSON.parse(text), told);
  });
  // What the house has written into a page has been told, too.
  page.on("domcontentloaded", async () => {
    const given = await page.evaluate(() => document.getElementById("given")?.textContent ?? "").catch(() => "");
    if (given) collect(JSON.parse(given), told);
  });
  return { context, page, told, wrong: watched(page) };
}

/**
 * What things and people are called, and what people have written: the only words of the house that stand on a page as
 * they are. Its sentences (`detail`, `message`, `why`, a charge's `label`) do not.
 */
const CALLED_SO = new Set(
  `name store_name vendor_name product_name zone_name given_name family_name recipient producer region address
   description instructions label reason note text sku gtin number coupon code codes email phone authority place
   licence_number time_zone currency language`.split(/\s+/),
);
const isCharge = (value) => "kind" in value && "amount" in value && "included" in value;

function collect(value, told, key = "") {
  if (typeof value === "string") {
    if (CALLED_SO.has(key)) told.add(value);
  } else if (Array.isArray(value)) {
    for (const one of value) collect(one, told, key);
  } else if (value && typeof value === "object") {
    for (const [name, one] of Object.entries(value)) {
      if (name !== "label" || !isCharge(value)) collect(one, told, name);
    }
  }
}

/** All that is read on a page, or read out. */
const read = (page) =>
  page.evaluate(() => {
    const attributes = ["aria-label", "placeholder", "title", "alt"];
    const found = attributes.flatMap((one) =>
      [...document.body.querySelectorAll(`[${one}]`)].map((element) => element.getAttribute(one)),
    );
    const walk = document.createTreeWalker(document.getElementById("site"), NodeFilter.SHOW_TEXT);
    while (walk.nextNode()) found.push(walk.currentNode.data);
    return [document.title, ...found];
  });

/** It is whole, reads from right to left, and each word in Latin letters is a name. */
async function seen({ page, told }, name) {
  await expect(page.locator("html")).toHaveAttribute("dir", "rtl");
  await expect(page.locator("main :is(.animate-pulse, [aria-busy=true])")).toHaveCount(0);
  const english = async () => {
    const names = [...told].filter((one) => /[A-Za-z]{2}/.test(one)).sort((a, b) => b.length - a.length);
    return [...new Set(await read(page))].filter((text) => {
      const rest = names.reduce((left, one) => left.replaceAll(one, " "), text).replace(MAIL, " ");
      return (rest.match(LATIN) ?? []).some((word) => !BORROWED.has(word));
    });
  };
  // What the house has just told may stand there before it is known here.
  await expect.poll(english, { message: name, timeout: 5_000 }).toEqual([]);
  await looked(page, name);
}

const title = (page, name) => page.getByRole("heading", { level: 1, name });

test("the portal: the queue, the shelf, the hours", async ({ browser }) => {
  const { store } = await theStore(await signIn("clerk"));
  const placed = await order(store);
  await until("it is paid", async () => (await placed.seen()).state === "paid");
  const desk = await inHebrew(browser, "clerk");
  const { page } = desk;
  await page.goto("/vendor/orders");
  await expect(title(page, says("vendor.orders"))).toBeVisible();
  const card = page.getByRole("article").filter({ hasText: placed.number });
  await expect(card).toBeVisible();
  await seen(desk, "vendor-orders-rtl");
  await card.getByRole("button", { name: says("accept.submit") }).click();
  await expect(card.getByRole("checkbox").first()).toBeVisible();
  await seen(desk, "vendor-picking-rtl");
  await page.goto("/vendor/products");
  await expect(title(page, says("vendor.products"))).toBeVisible();
  await expect(page.getByRole("row").nth(1)).toBeVisible();
  await seen(desk, "vendor-products-rtl");
  await page.goto("/vendor/hours");
  await expect(title(page, says("vendor.hours"))).toBeVisible();
  await seen(desk, "vendor-hours-rtl");
  expect(desk.wrong).toEqual([]);
  await desk.context.close();
  const why = { reason: "Nobody waits for it" };
  await call("POST", `/v1/orders/orders/${placed.order}/cancel`, await signIn("operator"), why);
});

test("the basket, the checkout, the order, the account", async ({ browser }) => {
  const [customer, { store }] = await Promise.all([signIn("customer"), theStore(await signIn("clerk"))]);
  const items = await shelf(store, 2);
  const cart = await filled(customer, store, items.map(({ product }, at) => [product, at + 1, "best_match"]));
  const shopper = await inHebrew(browser, "customer");
  const { page } = shopper;
  await page.goto("/basket");
  await expect(page.getByRole("link", { name: says("basket.checkout") }).first()).toBeVisible();
  await seen(shopper, "basket-known-rtl");
  await page.goto(`/checkout/${cart}`);
  const place = page.getByRole("main").getByRole("button").last();
  await page.getByRole("radio", { name: /Home/ }).check();
  await expect(place).toBeEnabled();
  await seen(shopper, "checkout-rtl");
  const placed = await order(store);
  await until("it is paid", async () => (await placed.seen()).state === "paid");
  await page.goto(`/orders/${placed.order}`);
  await expect(title(page, says("state.paid"))).toBeVisible();
  await seen(shopper, "order-rtl");
  await call("POST", `/v1/orders/orders/${placed.order}/cancel`, customer, {});
  await expect(title(page, says("state.cancelled"))).toBeVisible();
  await seen(shopper, "order-cancelled-rtl");
  await page.goto("/account");
  await expect(title(page, says("account.title"))).toBeVisible();
  await seen(shopper, "account-rtl");
  expect(shopper.wrong).toEqual([]);
  await shopper.context.close();
});

// Names in Latin letters that would be cut at their beginning, as what is read from the right is, or that do not stand
// where all else does.
const misset = (page) =>
  page.getByRole("article").locator("h2, h3").evaluateAll((names) =>
    names
      .filter((name) => {
        const { direction, textAlign, webkitLineClamp } = getComputedStyle(name);
        const cut = webkitLineClamp !== "none" && /^[A-Za-z0-9]/.test(name.textContent);
        return cut && !(direction === "ltr" && textAlign === "right");
      })
      .map((name) => name.textContent),
  );

test("the shop: all kinds, one kind with its filters, a drink", async ({ browser }) => {
  const { store } = await theStore(await signIn("clerk"));
  const [{ product }] = await shelf(store, 1);
  const visitor = await inHebrew(browser);
  const { page } = visitor;
  const kind = (path) => page.getByRole("main").getByText(says(`kind.${path}`), { exact: true });
  for (const [name, address, sign] of [
    ["home-rtl", "/", () => kind("beer")],
    ["category-rtl", "/c/spirits", () => title(page, says("kind.spirits"))],
    ["category-whiskey-rtl", "/c/spirits/whiskey", () => title(page, says("kind.spirits/whiskey"))],
    ["search-rtl", "/search?class=wine", () => page.getByRole("main").getByRole("list").first()],
    ["product-rtl", `/p/${product}`, () => page.getByRole("article").first()],
  ]) {
    await page.goto(address);
    await expect(sign()).toBeVisible();
    const filters = page.locator("summary", { hasText: says("search.filters") });
    if (await filters.isVisible()) await filters.click();
    expect(await misset(page), name).toEqual([]);
    await seen(visitor, name);
  }
  expect(visitor.wrong).toEqual([]);
  await visitor.context.close();
});
