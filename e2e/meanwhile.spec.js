// What becomes of a basket while others do something, in a real browser, against the demo at BASE.
import { expect } from "@playwright/test";
import { looked } from "./looked.js";
import { call, filled, shelf, signIn, theStore } from "./people.js";
import { phone, test } from "./windows.js";

test.use(phone);

test("sold out and dearer while in the basket", async ({ customer: page }) => {
  const [clerk, customer] = await Promise.all([signIn("clerk"), signIn("customer")]);
  const store = await theStore(clerk);
  const [dear, rare] = await shelf(store.store, 2);
  const id = await filled(customer, store.store, [[dear.product, 1], [rare.product, 1]]);
  const { price: seen_price } = await found(clerk, `/v1/catalogue/stores/${store.store}/listings`, dear.product);
  await call("PUT", `/v1/cart/carts/${id}/lines/${dear.product}`, customer, { quantity: 1, seen_price });
  await page.goto("/basket");
  const cart = page.getByRole("region", { name: store.name });
  await cart.getByRole("link", { name: "Go to checkout" }).click();
  await page.getByRole("radio", { name: /Home/ }).check();
  const place = page.getByRole("button", { name: /^Order and pay/ });
  await expect(place).toBeEnabled();
  const before = await place.textContent();

  const back = await priced(clerk, store.store, dear.product, 500);
  await place.click();
  await expect(page.getByText("Look at it again and confirm.")).toBeVisible();
  await expect(place).not.toHaveText(before);
  await expect(page.getByText("A price has changed since you saw it last")).toBeVisible();

  const there = await soldOut(clerk, store.store, rare.product);
  await place.click();
  await expect(page.getByText(`${rare.name} is sold out.`)).toBeVisible();
  await expect(place).toBeDisabled();
  await looked(page, "checkout-sold-out");
  // The basket says both, too, before anybody goes on.
  await page.getByRole("link", { name: "Back to the basket" }).click();
  await expect(cart.getByText(`${rare.name} is sold out.`)).toBeVisible();
  await expect(cart.getByRole("button", { name: "Go to checkout" })).toBeDisabled();
  await expect(cart.getByText("A price has changed since you saw it last")).toBeVisible();
  await looked(page, "basket-sold-out");
  await cart.getByRole("button", { name: `Take it out ${rare.name}` }).click();
  await expect(cart.getByText(`${rare.name} is sold out.`)).toBeHidden();
  await there();
  await cart.getByRole("button", { name: "That is all right" }).click();
  await expect(cart.getByText("A price has changed since you saw it last")).toBeHidden();
  await expect(cart.getByRole("link", { name: "Go to checkout" })).toBeVisible();
  await back();
});

/** What a store's list says of a product. */
async function found(clerk, list, product) {
  for (let after = ""; ; ) {
    const { items, next } = await call("GET", `${list}?limit=100${after}`, clerk);
    const one = items.find((item) => item.product === product);
    if (one || !next) return one;
    after = `&after=${next}`;
  }
}

/** A store asks so many cents more for it; what makes it cost what it did. */
async function priced(clerk, store, product, more) {
  const path = `/v1/catalogue/stores/${store}/listings`;
  const { price } = await found(clerk, path, product);
  const set = async (cents) => {
    const { tax_class, deposit, listing_version: version } = await found(clerk, path, product);
    const listing = { price_minor: cents, tax_class, active: true, deposit_minor: deposit?.amount };
    await call("PUT", `${path}/${product}`, clerk, listing, { "if-match": `"v${version}"` });
  };
  await set(price.amount + more);
  return () => set(price.amount);
}

/** A store finds that all that is free of it is gone; what makes it have what it had. */
async function soldOut(clerk, store, product) {
  const path = `/v1/catalogue/stores/${store}/stock`;
  const { on_hand: had, free } = await found(clerk, path, product);
  const count = (quantity) => call("POST", `${path}/${product}/movements`, clerk, { kind: "count", quantity });
  await count(had - free);
  return () => count(had);
}
