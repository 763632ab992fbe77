// The shop in a real browser, against the demo at BASE.
import { expect } from "@playwright/test";
import { press, title } from "./door.js";
import { awake, looked, watched } from "./looked.js";
import { base, filled, signIn, theStore } from "./people.js";
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
  await reach(page, page.getByRole("searchbox"));
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
