// Words as long as the house takes them, without a place to break, in a real browser, against the demo at BASE.
import { expect } from "@playwright/test";
import { pictured, watched, widerThanWindow } from "./looked.js";
import { call, filled, ordered, signIn, theStore, until } from "./people.js";
import { phone, test } from "./windows.js";

test.use(phone);

const DRINK = {
  name: "W".repeat(200),
  producer: "M".repeat(200),
  region: "m".repeat(100),
  description: `${"w".repeat(500)} ${"and so on ".repeat(300).trim()}`,
  category: "spirits/whiskey/bourbon",
  class: "spirits",
  abv_bp: 4_000,
  volume_ml: 700,
  pack: 1,
  container: "bottle",
  country: "GS",
};
const DOOR = {
  recipient: "R".repeat(100),
  address: "A".repeat(300),
  instructions: "I".repeat(500),
  place: { lat: 41.5873, lon: -93.624 },
};

/** A drink of long words, for sale at a store; and what makes that nobody comes by it any more. */
async function onTheShelf(store) {
  const [clerk, operator] = await Promise.all([signIn("clerk"), signIn("operator")]);
  const { product } = await call("POST", "/v1/catalogue/products", operator, { ...DRINK, active: true });
  const listing = { price_minor: 999_999, tax_class: "standard", active: true };
  await call("PUT", `/v1/catalogue/stores/${store}/listings/${product}`, clerk, listing);
  const came = { kind: "receipt", quantity: 12 };
  await call("POST", `/v1/catalogue/stores/${store}/stock/${product}/movements`, clerk, came);
  const found = `/v1/catalogue/products?store=${store}&in_stock=true&q=${DRINK.name}`;
  await until("it is found", async () => (await call("GET", found)).items.length > 0);
  const gone = async () => {
    const { version } = await call("GET", `/v1/catalogue/products/${product}`, operator);
    const changed = { "if-match": `"v${version}"` };
    await call("PUT", `/v1/catalogue/products/${product}`, operator, { ...DRINK, active: false }, changed);
  };
  return { product, gone };
}

/** No page is wider than its window. */
async function fit(page, shown) {
  const wrong = watched(page);
  for (const [name, address] of shown) {
    await page.goto(address);
    await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
    await expect(page.locator("main :is(.animate-pulse, [aria-busy=true])")).toHaveCount(0);
    await expect(page.getByRole("main")).toContainText(/W{200}|A{300}|R{100}/);
    for (const width of [390, 1440]) {
      await page.setViewportSize({ width, height: 844 });
      expect.soft(await widerThanWindow(page), `${address}, ${width} pixels wide`).toBeLessThanOrEqual(0);
    }
    await pictured(page, `long-${name}`);
  }
  expect(wrong).toEqual([]);
}

test("every page is as wide as its window", async ({ customer, clerk: desk, operator }) => {
  test.setTimeout(180_000);
  const [asClerk, asCustomer] = await Promise.all([signIn("clerk"), signIn("customer")]);
  const { store } = await theStore(asClerk);
  const { product, gone } = await onTheShelf(store);
  try {
    const cart = await filled(asCustomer, store, [[product, 2, "best_match"]]);
    await call("PUT", `/v1/cart/carts/${cart}/destination`, asCustomer, DOOR);
    await call("PUT", `/v1/accounts/me/favourites/${product}`, asCustomer);
    await fit(customer, [
      ["product", `/p/${product}`],
      ["search", `/search?q=${DRINK.name}`],
      ["basket", "/basket"],
      ["checkout", `/checkout/${cart}`],
      ["account", "/account"],
    ]);
    const { order } = await ordered(asCustomer, cart);
    const state = async () => (await call("GET", `/v1/orders/orders/${order}`, asCustomer)).state;
    await until("the money is there", async () => (await state()) === "paid");
    await fit(customer, [["order", `/orders/${order}`]]);
    await call("POST", `/v1/orders/orders/${order}/accept`, asClerk, {});
    await fit(desk, [
      ["vendor-orders", "/vendor/orders"],
      ["vendor-products", `/vendor/products?q=${DRINK.name}`],
      ["vendor-slip", `/vendor/orders/${order}/slip`],
    ]);
    await fit(operator, [
      ["operator-order", `/operator/orders/${order}`],
      ["operator-picks", `/operator/top-picks?q=${DRINK.name}`],
    ]);
    const why = { reason: "Y".repeat(200) };
    await call("POST", `/v1/orders/orders/${order}/cancel`, await signIn("operator"), why);
    await until("it is over", async () => (await state()) === "cancelled");
    await fit(customer, [["order-cancelled", `/orders/${order}`]]);
    await call("DELETE", `/v1/accounts/me/favourites/${product}`, asCustomer);
  } finally {
    await gone();
  }
});
