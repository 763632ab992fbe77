// From right to left, in a real browser, against the demo at BASE: nothing of ours is left in English.
import { readdirSync, readFileSync } from "node:fs";
import { expect } from "@playwright/test";
import { looked, watched } from "./looked.js";
import { call, filled, order, shelf, signIn, theStore, until } from "./people.js";
import { signedIn, test } from "./windows.js";

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

/** Somebody's window in Hebrew, and what the house has told it besides sentences: names, addresses, numbers. */
async function inHebrew(browser, name) {
  const context = await signedIn(browser, name, { locale: "he-IL", serviceWorkers: "block" });
  const page = await context.newPage();
  const told = new Set();
  page.on("response", async (answer) => {
    if (!/\/v1\//.test(answer.url())) return;
    const text = await answer.text().catch(() => "");
    if (text.startsWith("{") || text.startsWith("[")) collect(JSON.parse(text), told);
  });
  return { context, page, told, wrong: watched(page) };
}

/** What is for machines is shown to nobody. What a place's law says, the house says in the law's own language. */
const CODE = /^[a-z_/.-]+$/;
const TAXED = / [\d.]+ %.*$/;

function collect(value, told) {
  if (typeof value === "string") {
    if (!CODE.test(value)) told.add(value);
    // A tax has a name, which stands before its rate.
    if (TAXED.test(value)) told.add(value.replace(TAXED, ""));
  } else if (value && typeof value === "object") {
    for (const one of Object.values(value)) collect(one, told);
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
