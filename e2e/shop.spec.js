// The shop in a real browser, against the demo at BASE.
import { expect } from "@playwright/test";
import { ofAge, press, title } from "./door.js";
import { awake, looked, watched } from "./looked.js";
import { base, call, filled, order, signIn, theStore } from "./people.js";
import { phone, test } from "./windows.js";

test.use(phone);

// By the key that leads on, or back, until it has the focus.
async function reach(page, what, key = "Tab") {
  for (let presses = 0; presses < 150; presses++) {
    await page.keyboard.press(key);
    if (await what.evaluate((element) => element === document.activeElement)) return;
  }
  throw new Error(`no key leads to ${what}`);
}

test("by the keyboard alone, from the address to the order", async ({ customer: page }) => {
  test.setTimeout(120_000);
  const wrong = watched(page);
  const store = await theStore(await signIn("clerk"));
  await filled(await signIn("customer"), store.store, []);
  const enter = async (what, key) => {
    await reach(page, what, key);
    await page.keyboard.press("Enter");
  };
  const main = page.getByRole("main");
  await page.goto("/");
  await page.keyboard.press("Tab");
  await expect(page.getByRole("link", { name: "Skip to the content" })).toBeFocused();
  await reach(page, page.getByRole("combobox", { name: "Search drinks" }));
  await page.keyboard.type("bourbn");
  await page.keyboard.press("Enter");
  await expect(title(page, "bourbn")).toBeVisible();
  await looked(page, "search");

  await enter(page.getByRole("navigation").getByRole("link", { name: "Stores" }), "Shift+Tab");
  await expect(page.getByRole("heading", { level: 1, name: "Stores", exact: true })).toBeVisible();
  await enter(main.getByRole("button", { name: /Where to|Locust/ }));
  await enter(page.getByRole("dialog").getByRole("button", { name: /^Home/ }));
  await expect(title(page, "Stores that deliver to you")).toBeVisible();
  await enter(main.getByRole("link", { name: store.name }));
  await expect(page.getByRole("heading", { name: "What it sells" })).toBeVisible();
  await enter(main.getByRole("article").getByRole("link").first());
  await expect(page.getByRole("heading", { name: "Facts" })).toBeVisible();
  const offer = page.getByRole("listitem").filter({ hasText: store.name });
  await enter(offer.getByRole("button", { name: "Add to basket" }));
  await ofAge(page);
  await expect(page.getByRole("link", { name: "To the basket" })).toBeVisible();
  await enter(page.getByRole("link", { name: "To the basket" }));
  const cart = page.getByRole("region", { name: store.name });
  await expect(cart.getByRole("link", { name: "Go to checkout" })).toBeVisible();
  await enter(cart.getByRole("link", { name: "Go to checkout" }));
  const home = page.getByRole("radio", { name: /Home/ });
  await expect(home).toBeVisible();
  await reach(page, home);
  await page.keyboard.press("Space");
  await expect(home).toBeChecked();
  const place = page.getByRole("button", { name: /^Order and pay/ });
  await expect(place).toBeEnabled();
  await enter(place);
  await expect(title(page, "Pay by card")).toBeVisible();
  await enter(page.getByRole("button", { name: /^Pay/ }));
  await expect(title(page, "Waits for the store")).toBeVisible();
  await enter(page.getByRole("button", { name: "Cancel the order" }));
  await enter(page.getByRole("button", { name: "Yes, cancel it" }));
  await expect(title(page, "Cancelled")).toBeVisible();
  expect(wrong).toEqual([]);
});

test("what is typed is proposed, with its errors, and nothing moves for it", async ({ page }) => {
  const wrong = watched(page);
  await page.goto("/");
  await awake(page);
  const field = page.getByRole("combobox", { name: "Search drinks" });
  const heading = page.getByRole("heading", { level: 1 });
  const before = await heading.boundingBox();
  await field.pressSequentially("bourbn", { delay: 60 });
  const proposals = page.getByRole("listbox", { name: "What you may mean" });
  await expect(proposals.getByRole("option").first()).toContainText("Bourbon");
  expect(await heading.boundingBox()).toEqual(before);
  await looked(page, "proposals");
  await page.keyboard.press("Escape");
  await expect(proposals).toBeHidden();
  await expect(field).toHaveValue("bourbn");
  await page.keyboard.press("ArrowDown");
  await expect(proposals).toBeVisible();
  await page.keyboard.press("ArrowDown");
  await expect(proposals.getByRole("option", { selected: true })).toHaveCount(1);
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(/\/p\//);
  await expect(page.getByRole("heading", { name: "Facts" })).toBeVisible();
  await expect(field).toHaveValue("");
  await field.pressSequentially("zinfandl", { delay: 60 });
  await proposals.getByRole("option", { name: /Style/ }).first().click();
  await expect(page).toHaveURL(/\/c\//);
  expect(wrong).toEqual([]);
});

test("who puts alcohol into a basket says once that they are of age", async ({ page }) => {
  const wrong = watched(page);
  const { items } = await call("GET", "/v1/catalogue/products?class=spirits&in_stock=true&limit=1");
  await page.goto(`/p/${items[0].product}`);
  await awake(page);
  const add = page.getByRole("button", { name: "Add to basket" }).first();
  const question = page.getByRole("dialog", { name: "Are you 21 or over?" });
  await add.click();
  await expect(question).toBeVisible();
  await looked(page, "age");
  await page.keyboard.press("Escape");
  await expect(question).toBeHidden();
  await expect(add).toBeFocused();
  await add.click();
  await question.getByRole("button", { name: /^No/ }).click();
  await expect(page).toHaveURL(/class=none/);
  await expect(page.getByRole("button", { name: "Take away: Alcohol-free" })).toBeVisible();
  await page.goBack();
  await add.click();
  await ofAge(page);
  await expect(page.getByRole("link", { name: "To the basket" })).toBeVisible();
  // Another time, and the next day, nobody asks again.
  await page.reload();
  await awake(page);
  await add.click();
  await expect(page.getByRole("link", { name: "To the basket" })).toBeVisible();
  await expect(question).toBeHidden();
  // What has no alcohol is for everybody.
  await page.evaluate(() => localStorage.clear());
  const free = await call("GET", "/v1/catalogue/products?class=none&in_stock=true&limit=1");
  if (free.items.length > 0) {
    await page.goto(`/p/${free.items[0].product}`);
    await awake(page);
    await add.click();
    await expect(page.getByRole("link", { name: "To the basket" })).toBeVisible();
  }
  expect(wrong).toEqual([]);
});

test("the first question is where to, and stores say whether they come there, and why not", async ({ page }) => {
  const wrong = watched(page);
  await page.context().grantPermissions(["geolocation"], { origin: base });
  await page.context().setGeolocation({ latitude: 41.5873, longitude: -93.624 });
  await page.goto("/");
  await awake(page);
  const main = page.getByRole("main");
  const question = main.getByRole("region", { name: "Where shall it go?" });
  const below = main.getByRole("heading", { name: "Browse by category" });
  const before = await below.boundingBox();
  await question.getByRole("button", { name: "Where to?" }).click();
  await press(page, "Where I am now");
  await expect(question.getByText(/deliver.? there/)).toBeVisible();
  expect((await below.boundingBox()).y).toBe(before.y);
  await looked(page, "home-there");
  // What the page says is what the house says.
  const near = "near=41.58730,-93.62400";
  const { items } = await call("GET", `/v1/catalogue/stores?${near}&beyond=true&limit=12`);
  const now = items.filter(({ sells }) => sells.now).length;
  await expect(question).toContainText(now === 0 ? "No store" : now === 1 ? "1 store delivers" : `${now} stores`);
  await page.goto("/stores");
  await expect(title(page, "Stores that deliver to you")).toBeVisible();
  await looked(page, "stores-there");

  // In another town.
  await page.context().setGeolocation({ latitude: 42.5, longitude: -92.3 });
  await page.goto("/");
  await awake(page);
  await question.getByRole("button", { name: "Another address" }).click();
  await press(page, "Where I am now");
  await expect(main.getByRole("heading", { name: "No store delivers there yet" })).toBeVisible();
  await expect(main.getByText(/^The nearest one is .* away/)).toBeVisible();
  await looked(page, "home-far");
  await main.getByRole("link", { name: "Look at the nearest one" }).click();
  await expect(main.getByText("Does not deliver to you").first()).toBeVisible();
  await looked(page, "store-far");
  // A place that is typed, for who wants to say no more.
  await main.getByRole("button", { name: "Where you are" }).click();
  await press(page, "Type the address and show it on a map");
  await page.getByLabel("Latitude").fill("41.5873");
  await page.getByLabel("Longitude").fill("-93.624");
  await press(page, "Deliver there");
  await expect(main.getByRole("button", { name: "The place that you marked" })).toBeVisible();
  await expect(main.getByText("Does not deliver to you")).toHaveCount(0);
  expect(wrong).toEqual([]);
});

test("from right to left", async ({ browser }) => {
  const context = await browser.newContext({ baseURL: base, locale: "he-IL", viewport: { width: 390, height: 844 } });
  const page = await context.newPage();
  const wrong = watched(page);
  await page.goto("/stores");
  await expect(page.locator("html")).toHaveAttribute("dir", "rtl");
  await expect(page.getByRole("heading", { level: 1, name: "חנויות" })).toBeVisible();
  await looked(page, "stores-rtl");
  await page.getByRole("article").getByRole("link").first().click();
  await expect(page.getByRole("heading", { name: "מה נמכר כאן" })).toBeVisible();
  await page.getByRole("article").getByRole("link").first().click();
  await expect(page.getByRole("heading", { name: "פרטים" })).toBeVisible();
  await looked(page, "product-rtl");
  await page.getByRole("button", { name: "הוספה לסל" }).first().click();
  await expect(page.getByRole("dialog", { name: "האם מלאו לכם 21?" })).toBeVisible();
  await looked(page, "age-rtl");
  await ofAge(page);
  await page.getByRole("link", { name: "לסל", exact: true }).click();
  await expect(page.getByText("היכנסו כדי לראות כמה זה עולה")).toBeVisible();
  await looked(page, "basket-rtl");
  await page.getByRole("button", { name: "הוצאה מהסל" }).click();
  await expect(page.getByText("אין כאן עדיין כלום")).toBeVisible();
  await looked(page, "basket-empty-rtl");
  await page.goBack();
  await expect(page.getByRole("heading", { name: "פרטים" })).toBeVisible();
  await page.goto("/sign-up");
  await expect(page.getByLabel("תאריך לידה")).toBeVisible();
  await looked(page, "sign-up-rtl");
  expect(wrong).toEqual([]);
  await context.close();
});

/** A listing as it would be put, and its version. */
async function listingOf(reader, listings, product) {
  for (let after = ""; ; ) {
    const { items, next } = await call("GET", `${listings}?limit=100&inactive=true${after}`, reader);
    const found = items.find((one) => one.product === product);
    if (found) {
      const { price, tax_class, deposit, listing_version: version } = found;
      return { price_minor: price.amount, tax_class, deposit_minor: deposit?.amount, version };
    }
    after = `&after=${encodeURIComponent(next)}`;
  }
}

test("an old order is ordered again, past what is gone", async ({ customer: page }) => {
  test.setTimeout(120_000);
  const wrong = watched(page);
  const customer = await signIn("customer");
  const operator = await signIn("operator");
  const store = await theStore(await signIn("clerk"));
  const { order: old, lines } = await order(store.store);
  const listings = `/v1/catalogue/stores/${store.store}/listings`;
  const sold = async (active) => {
    const { version, ...listed } = await listingOf(operator, listings, lines[1].product);
    const as = { "if-match": `"v${version}"` };
    return call("PUT", `${listings}/${lines[1].product}`, operator, { ...listed, active }, as);
  };
  const cart = await filled(customer, store.store, []);
  await sold(false);
  try {
    await page.goto(`/orders/${old}`);
    await press(page, "Order it again");
    await ofAge(page);
    await expect(page.getByText("1 of 2 drinks are in your basket.")).toBeVisible();
    await expect(page.getByText("the store does not sell it any more")).toBeVisible();
    await looked(page, "order-again");
    const held = async () => (await call("GET", `/v1/cart/carts/${cart}`, customer)).lines.map(({ product }) => product);
    expect(await held()).toEqual([lines[0].product]);
    await press(page, "Undo");
    await expect(page.getByText("Your basket is as it was.")).toBeVisible();
    expect(await held()).toEqual([]);
    await press(page, "Order it again");
    await page.getByRole("link", { name: "To the basket" }).click();
    await expect(page.getByRole("region", { name: store.name }).getByRole("link", { name: lines[0].name })).toBeVisible();
  } finally {
    await sold(true);
    await filled(customer, store.store, []);
  }
  expect(wrong).toEqual([]);
});

test("when the house fails, and when there is nothing", async ({ page }) => {
  await page.goto("/stores");
  await awake(page);
  await page.route("**/v1/**", (route) => route.abort());
  await page.getByRole("article").getByRole("link").first().click();
  await expect(page.getByRole("alert")).toContainText("offline");
  await looked(page, "offline", { instead: true });
  await page.unroute("**/v1/**");
  await press(page, "Try again");
  await expect(page.getByRole("heading", { name: "What it sells" })).toBeVisible();
  await page.context().grantPermissions(["geolocation"], { origin: base });
  await page.context().setGeolocation({ latitude: 0, longitude: 0 });
  await page.goto("/stores");
  await awake(page);
  await press(page, "Where to?");
  await press(page, "Where I am now");
  await expect(page.getByText("No store delivers there yet")).toBeVisible();
  await page.goto("/p/none");
  await expect(page.getByRole("heading", { level: 1, name: "There is nothing here" })).toBeVisible();
  await looked(page, "missing", { instead: true });
});
