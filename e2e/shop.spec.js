// The shop in a real browser, against the demo at BASE.
import { expect, test } from "@playwright/test";
import { looked, signInAs, watched } from "./looked.js";
import { atWork, base, call, drive, handOver } from "./people.js";

test.use({ baseURL: base, viewport: { width: 390, height: 844 }, reducedMotion: "reduce" });

test("a bottle, from the shelf to the door", async ({ page }) => {
  test.setTimeout(300_000);
  const wrong = watched(page);
  const { clerk, driver, store } = await atWork();
  await page.goto("/");
  await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
  await looked(page, "home");
  await page.goto(`/s/${store.store}`);
  await looked(page, "store");
  await page.getByRole("article").getByRole("link").first().click();
  await expect(page.getByRole("heading", { name: "Facts" })).toBeVisible();
  await looked(page, "product");
  const name = await page.getByRole("heading", { level: 1 }).textContent();
  const offer = page.getByRole("listitem").filter({ hasText: store.name });
  await offer.getByRole("button", { name: "Add to basket" }).click();
  await page.getByRole("link", { name: "To the basket" }).click();
  await expect(page.getByText("Sign in to see what it costs")).toBeVisible();
  await looked(page, "basket-unknown");
  await page.getByRole("main").getByRole("link", { name: "Sign in" }).click();
  await expect(page.getByLabel("Password")).toBeVisible();
  await looked(page, "sign-in");
  await signInAs(page, "customer");

  // What was wanted before came along.
  await expect(page).toHaveURL(/\/basket$/);
  const cart = page.getByRole("region", { name: store.name });
  await expect(cart.getByRole("link", { name })).toBeVisible();
  await looked(page, "basket");
  await cart.getByRole("link", { name: "Go to checkout" }).click();
  await page.getByRole("radio", { name: /Home/ }).check();
  await looked(page, "checkout");
  await page.getByRole("button", { name: /^Order and pay/ }).click();

  await page.getByRole("button", { name: /^Pay/ }).click();
  await expect(page).toHaveURL(/\/orders\//);
  await expect(page.getByRole("heading", { level: 1, name: "Waits for the store" })).toBeVisible();
  await looked(page, "order-paid");
  const order = new URL(page.url()).pathname.split("/").at(-1);

  // The page says what the others do, as they do it.
  await call("POST", `/v1/orders/orders/${order}/accept`, clerk, {});
  await expect(page.getByRole("heading", { level: 1, name: "The store is packing it" })).toBeVisible();
  await call("POST", `/v1/orders/orders/${order}/pack`, clerk, {});
  await expect(page.getByRole("heading", { level: 1, name: "Packed" })).toBeVisible();
  const job = await drive(driver, order);
  await expect(page.getByRole("heading", { level: 1, name: "On its way" })).toBeVisible();
  await expect(page.getByText("is at your door")).toBeVisible();
  await expect(page.getByText("Have your ID ready.", { exact: true })).toBeVisible();
  await looked(page, "order-on-its-way");
  await handOver(driver, job);
  await expect(page.getByRole("heading", { level: 1, name: "Delivered" })).toBeVisible();
  await expect(page.getByRole("button", { name: /^Invoice/ })).toBeVisible();
  await looked(page, "order-delivered");

  await page.getByRole("navigation").getByRole("link", { name: "Account" }).click();
  await expect(page.getByText("customer@demo.tipple.test")).toBeVisible();
  await expect(page.getByText("Here", { exact: true })).toBeVisible();
  await looked(page, "account");
  await page.getByRole("main").getByRole("link", { name: "Orders" }).click();
  await expect(page.getByText("Delivered").first()).toBeVisible();
  await looked(page, "orders");

  await page.goBack();
  await expect(page.getByRole("heading", { name: "Favourites" })).toBeVisible();
  await page.goForward();

  // Signed in still after the page came anew; and out in all of it once signed out.
  await page.reload();
  await expect(page.getByText("Delivered").first()).toBeVisible();
  await page.getByRole("navigation").getByRole("link", { name: "Account" }).click();
  await page.getByRole("button", { name: "Sign out" }).click();
  await expect(page.getByRole("navigation").getByRole("link", { name: "Sign in" })).toBeVisible();
  await page.goto(`/orders/${order}`);
  await expect(page).toHaveURL(/\/sign-in/);
  expect(wrong).toEqual([]);
});

test("by the keyboard alone, from a search to the basket", async ({ page }) => {
  const wrong = watched(page);
  await page.goto("/");
  await page.keyboard.press("Tab");
  await expect(page.getByRole("link", { name: "Skip to the content" })).toBeFocused();
  await page.getByRole("searchbox").focus();
  await page.keyboard.type("bourbn");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("heading", { level: 1, name: "bourbn" })).toBeVisible();
  await looked(page, "search");
  await page.getByRole("article").getByRole("link").first().focus();
  await page.keyboard.press("Enter");
  await expect(page.getByRole("heading", { name: "Facts" })).toBeVisible();
  await page.getByRole("button", { name: "Add to basket" }).first().focus();
  await page.keyboard.press("Space");
  await page.getByRole("link", { name: "To the basket" }).press("Enter");
  await expect(page.getByRole("heading", { level: 1, name: "Your baskets" })).toBeVisible();
  await page.getByRole("button", { name: "Take it out" }).press("Enter");
  await expect(page.getByText("Nothing in here yet")).toBeVisible();
  await looked(page, "basket-empty");
  await page.goBack();
  await expect(page.getByRole("heading", { name: "Facts" })).toBeVisible();
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
  await page.goto("/sign-up");
  await expect(page.getByLabel("תאריך לידה")).toBeVisible();
  await looked(page, "sign-up-rtl");
  expect(wrong).toEqual([]);
  await context.close();
});

test("where to, and what reaches there", async ({ browser }) => {
  const door = { latitude: 41.5873, longitude: -93.624 };
  const context = await browser.newContext({ baseURL: base, geolocation: door, permissions: ["geolocation"] });
  const page = await context.newPage();
  const wrong = watched(page);
  await page.goto("/stores");
  await page.getByRole("button", { name: "Where to?" }).click();
  await expect(page.getByRole("dialog")).toBeVisible();
  await looked(page, "place");
  await page.getByRole("button", { name: "Where I am now" }).click();
  await expect(page.getByRole("heading", { level: 1, name: "Stores that deliver to you" })).toBeVisible();
  await expect(page.getByText(/ km|\d m$/).first()).toBeVisible();
  await context.setGeolocation({ latitude: 0, longitude: 0 });
  await page.getByRole("button", { name: "Where you are" }).click();
  await page.getByRole("button", { name: "Where I am now" }).click();
  await expect(page.getByText("No store delivers there yet")).toBeVisible();
  expect(wrong).toEqual([]);
  await context.close();
});

test("when the house fails, and when there is nothing", async ({ page }) => {
  await page.goto("/stores");
  await page.route("**/v1/**", (route) => route.abort());
  await page.getByRole("article").getByRole("link").first().click();
  await expect(page.getByRole("alert")).toContainText("offline");
  await looked(page, "offline");
  await page.unroute("**/v1/**");
  await page.getByRole("button", { name: "Try again" }).click();
  await expect(page.getByRole("heading", { name: "What it sells" })).toBeVisible();
  await page.goto("/p/none");
  await expect(page.getByRole("heading", { level: 1, name: "There is nothing here" })).toBeVisible();
  await looked(page, "missing");
});
