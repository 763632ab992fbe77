// The store portal in a real browser, against the demo at BASE.
import { readFile } from "node:fs/promises";
import { expect } from "@playwright/test";
import { looked, signInAs, watched } from "./looked.js";
import { atWork, drive, handOver, order } from "./people.js";
import { phone, test } from "./windows.js";

test.use(phone);

async function atTheDesk(page, path, heading) {
  const wrong = watched(page);
  await page.goto(path);
  await expect(page.getByRole("heading", { level: 1, name: heading })).toBeVisible();
  return wrong;
}

test("orders, from the bell to the driver", async ({ clerk: page }) => {
  const { driver, store } = await atWork();
  const wrong = await atTheDesk(page, "/vendor", "Orders");
  await expect(page.getByRole("combobox", { name: "Store" })).toHaveValue(store.store);
  await page.getByRole("button", { name: "Sound off" }).click();
  await expect(page.getByRole("button", { name: "Sound on", pressed: true })).toBeVisible();

  // One that the store cannot do.
  const unwanted = await order(store.store);
  const placed = await order(store.store);
  const card = (number) => page.getByRole("article", { name: `Order ${number}` });
  await expect(card(unwanted.number)).toContainText("left");
  await expect(page).toHaveTitle(/^\(\d+\) Orders/);
  await card(unwanted.number).getByRole("button", { name: "Reject", exact: true }).click();
  await card(unwanted.number).getByRole("button", { name: "Reject the order" }).click();
  await expect(card(unwanted.number)).toContainText("This is needed");
  await card(unwanted.number).getByRole("button", { name: "Too much to do right now" }).click();
  await looked(page, "vendor-orders-reject");
  await card(unwanted.number).getByRole("button", { name: "Reject the order" }).click();
  await expect(card(unwanted.number)).toHaveCount(0);
  expect(await unwanted.seen()).toMatchObject({ state: "cancelled", reason: "Too much to do right now" });

  // One that it does.
  const { number } = placed;
  await card(number).getByLabel("Minutes to pack").fill("12");
  await card(number).getByRole("button", { name: "Accept" }).click();
  const toPack = page.getByRole("region", { name: "To pack" }).getByRole("article", { name: `Order ${number}` });
  await expect(toPack.getByRole("button", { name: "2 lines still to pick" })).toBeDisabled();
  await toPack.getByRole("checkbox").first().check();
  // What is in the bag is known after the page came anew.
  await page.reload();
  await expect(toPack.getByRole("button", { name: "1 line still to pick" })).toBeDisabled();
  await looked(page, "vendor-orders-packing");
  // One of the second is not there: something goes in instead, which is thought better of once.
  const short = async () => {
    await toPack.getByRole("button", { name: /^Not all there/ }).click();
    await toPack.getByLabel("How many are there?").selectOption("1");
    await toPack.getByRole("radio").first().check();
    await toPack.getByRole("button", { name: "Put it in instead" }).click();
  };
  await short();
  await looked(page, "vendor-orders-short");
  await toPack.getByRole("button", { name: "Undo" }).click();
  await expect(toPack.getByRole("button", { name: "1 line still to pick" })).toBeDisabled();
  await short();
  await toPack.getByRole("button", { name: "Packed, not all as ordered" }).click();
  const packed = page.getByRole("region", { name: "Packed" }).getByRole("article", { name: `Order ${number}` });
  await packed.getByRole("link", { name: "Slip" }).click();
  await expect(page.getByRole("heading", { level: 1, name: number })).toBeVisible();
  await expect(page.getByText("3 pieces")).toBeVisible();
  await expect(page.getByRole("region", { name: "Not all as ordered" })).toContainText("1 of 2 packed");
  await looked(page, "vendor-slip");
  await page.emulateMedia({ media: "print" });
  await expect(page.getByRole("navigation")).toBeHidden();
  await page.emulateMedia({ media: "screen" });
  await page.getByRole("link", { name: "Back to the orders" }).click();
  await expect(packed).toBeVisible();
  await handOver(driver, await drive(driver, placed.order));
  await expect(packed).toHaveCount(0);
  expect(wrong).toEqual([]);
});

test("prices and stock, and back again", async ({ clerk: page }) => {
  const wrong = await atTheDesk(page, "/vendor/products", "Products");
  await expect(page.getByText(/^[\d,]+ products$/)).toBeVisible();
  await looked(page, "vendor-products");
  const name = await page.getByRole("rowheader").first().locator("bdi").first().textContent();
  await page.getByRole("searchbox").fill(name);
  await expect(page.getByRole("status").filter({ hasText: "1 product" })).toBeVisible();

  const price = page.getByRole("textbox", { name: `Price of ${name}` });
  const before = await price.inputValue();
  await price.fill("a lot");
  await price.press("Enter");
  await expect(page.getByText("This cannot be set.")).toBeVisible();
  await price.fill("99.95");
  await price.press("Enter");
  await expect(page.getByText(`${name}: $${before} is now $99.95.`)).toBeVisible();
  await looked(page, "vendor-products-undo");
  await page.getByRole("button", { name: "Undo" }).click();
  await expect(price).toHaveValue(before);

  await page.getByRole("button", { name: `Stock of ${name}` }).click();
  await page.getByLabel("What happened").selectOption("Came in");
  await page.getByLabel("How many").fill("6");
  await looked(page, "vendor-products-stock");
  await page.getByRole("button", { name: "Enter it" }).click();
  const done = page.getByText(/in the store, \d+ before/);
  await expect(done).toBeVisible();
  await page.getByRole("button", { name: "Undo" }).click();
  await expect(done).toHaveCount(0);

  // Two at one price: the second is told of the first.
  const other = await page.context().newPage();
  await other.goto(page.url());
  const same = other.getByRole("textbox", { name: `Price of ${name}` });
  await expect(same).toHaveValue(before);
  await price.fill("98.00");
  await price.press("Enter");
  await expect(page.getByText("is now $98.00")).toBeVisible();
  await same.fill("97.00");
  await same.press("Enter");
  await expect(other.getByText("Somebody else set it to 98.00 meanwhile")).toBeVisible();
  await same.press("Escape");
  await expect(same).toHaveValue("98.00");
  await other.close();
  await page.getByRole("button", { name: "Undo" }).click();
  await expect(price).toHaveValue(before);

  await page.getByRole("searchbox").fill("no such drink");
  await expect(page.getByText("Nothing has these words")).toBeVisible();
  expect(wrong).toEqual([]);
});

test("a file goes out, is changed, and comes back", async ({ clerk: page }) => {
  const wrong = await atTheDesk(page, "/vendor/products/import", "Import and export");
  const saved = page.waitForEvent("download");
  await page.getByRole("button", { name: "Save the file" }).click();
  const text = await readFile(await (await saved).path(), "utf8");
  const [heading, first, second] = text.split("\n");
  const changed = first.replace(/,\d+\.\d\d,/, ",98.76,");
  const file = (content) => ({ name: "shelf.csv", mimeType: "text/csv", buffer: Buffer.from(content) });
  const bring = (content) => page.getByLabel("CSV file").setInputFiles(file(content));

  await bring([heading, changed, second.replace(/^[^,]+/, "none")].join("\n"));
  await expect(page.getByText("Nothing has been changed yet.")).toBeVisible();
  await expect(page.getByRole("button", { name: "Refused 1" })).toBeVisible();
  await looked(page, "vendor-import");
  await page.getByRole("button", { name: "Change 1 product" }).click();
  await expect(page.getByText("This is what happened.")).toBeVisible();
  await bring(text);
  await page.getByRole("button", { name: "Change 1 product" }).click();
  await expect(page.getByText("This is what happened.")).toBeVisible();
  await bring("no,such\n1,2\n");
  await expect(page.getByRole("alert").filter({ hasText: "no" })).toBeVisible();
  expect(wrong).toEqual([]);
});

test("a day on which it is otherwise", async ({ clerk: page }) => {
  const wrong = await atTheDesk(page, "/vendor/hours", "Opening hours");
  await page.getByLabel("Day", { exact: true }).fill("2031-12-25");
  await page.getByRole("button", { name: "Add the day" }).click();
  const christmas = page.getByRole("group", { name: "December 25, 2031" });
  await expect(christmas).toContainText("Closed");
  await christmas.getByRole("button", { name: "Add hours" }).click();
  await looked(page, "vendor-hours");
  await page.getByRole("button", { name: "Save", exact: true }).click();
  await expect(page.getByText("Saved.")).toBeVisible();
  await page.reload();
  await christmas.getByRole("button", { name: "As in other weeks" }).click();
  await page.getByRole("button", { name: "Save", exact: true }).click();
  await expect(page.getByText("Saved.")).toBeVisible();
  await expect(christmas).toHaveCount(0);
  expect(wrong).toEqual([]);
});

test("a store's own people set where it delivers", async ({ clerk: page }) => {
  const wrong = await atTheDesk(page, "/vendor/zone", "Delivery zone");
  const far = page.getByLabel("How far, in meters");
  const before = await far.inputValue();
  await looked(page, "vendor-zone");
  for (const metres of [String(Number(before) + 100), before]) {
    await far.fill(metres);
    await far.press("Enter");
    await page.getByRole("button", { name: "Save the zone" }).click();
    await expect(page.getByText("This is where it delivers now.")).toBeVisible();
    await expect(far).toHaveValue(metres);
  }
  expect(wrong).toEqual([]);
});

test("whoever works at no store is told so; when the house fails, too", async ({ page }) => {
  await page.goto("/vendor");
  await signInAs(page, "customer");
  await expect(page.getByRole("heading", { name: "You work at no store yet" })).toBeVisible();
  await looked(page, "vendor-nobody", { instead: true });
  await page.getByRole("button", { name: "Sign out" }).click();
  await expect(page.getByRole("heading", { level: 1, name: "Sign in" })).toBeVisible();
  await page.goto("/vendor/orders");
  await signInAs(page, "clerk");
  await expect(page.getByRole("heading", { level: 1, name: "Orders" })).toBeVisible();
  // Who comes while nothing answers is still themselves.
  await page.route("**/v1/**", (route) => route.abort());
  await page.reload();
  await expect(page.getByRole("heading", { name: "That did not work" })).toBeVisible();
  await looked(page, "vendor-offline", { instead: true });
  await page.unrouteAll();
  await page.getByRole("button", { name: "Try again" }).click();
  await expect(page.getByRole("heading", { level: 1, name: "Orders" })).toBeVisible();
});
