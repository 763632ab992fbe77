// An order for later in a real browser, against the demo at BASE.
import { expect } from "@playwright/test";
import { title } from "./door.js";
import { looked, watched } from "./looked.js";
import { call, filled, shelf, signIn, theStore, until } from "./people.js";
import { phone, test } from "./windows.js";

test.use(phone);

test("for tomorrow, from the choice to the store's queue", async ({ customer: page, clerk: desk }) => {
  test.setTimeout(120_000);
  const wrong = watched(page);
  const [clerk, customer] = await Promise.all([signIn("clerk"), signIn("customer")]);
  const store = await theStore(clerk);
  const [one] = await shelf(store.store, 1);
  const cart = await filled(customer, store.store, [[one.product, 1]]);

  await page.goto(`/checkout/${cart}`);
  await page.getByRole("radio", { name: /Home/ }).check();
  const when = page.getByRole("group", { name: "When" });
  const tomorrow = when.getByRole("region").last();
  await expect(when.getByRole("radio", { name: "As soon as possible" })).toBeChecked();
  // On most days the law of the place ends deliveries before the store closes, and says so.
  await expect(when.getByText(/end before the driver is back|allows no delivery/).first()).toBeVisible();
  await looked(page, "checkout-slots");

  // By the keyboard: the next choice is an arrow away.
  await tomorrow.getByRole("radio").first().focus();
  await page.keyboard.press("Space");
  await expect(tomorrow.getByRole("radio").first()).toBeChecked();
  const chosen = async () => (await call("GET", `/v1/cart/carts/${cart}`, customer)).slot;
  await until("the house knows", chosen);
  const first = (await chosen()).from;
  await page.keyboard.press("ArrowDown");
  await until("the house knows the next", async () => (await chosen()).from !== first);
  await looked(page, "checkout-slot-chosen");

  await page.getByRole("button", { name: /^Order and pay/ }).click();
  await page.getByRole("button", { name: /^Pay/ }).click();
  await expect(title(page, "Waits for the store")).toBeVisible();
  await expect(page.getByText(/^Wanted /)).toBeVisible();
  await looked(page, "order-slot");
  const order = new URL(page.url()).pathname.split("/").at(-1);
  const { number } = await call("GET", `/v1/orders/orders/${order}`, customer);

  await desk.goto("/vendor");
  const card = desk.getByRole("article", { name: `Order ${number}` });
  await expect(card.getByText(/^For .* To be packed by /)).toBeVisible();
  await expect(card.getByText(/^Answer by /)).toBeVisible();
  await looked(desk, "vendor-orders-slot");
  await card.getByRole("link", { name: "Slip" }).click();
  await expect(title(desk, number)).toBeVisible();
  await looked(desk, "vendor-slip-slot");

  // The basket comes back as it was; others want theirs at once.
  await call("POST", `/v1/orders/orders/${order}/cancel`, customer, {});
  const back = async () => (await call("GET", `/v1/cart/carts/${cart}`, customer)).state === "open";
  await until("the basket is back", back);
  await call("PUT", `/v1/cart/carts/${cart}/slot`, customer, {});
  expect(wrong).toEqual([]);
});
