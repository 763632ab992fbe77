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
  // What was refused is there first: its name as the file has it, why, and what stands in the cell.
  const [, , named] = second.split(",");
  const refused = page.getByRole("region", { name: "Refused" });
  await expect(refused).toContainText("This is not the id of a product.");
  await expect(refused).toContainText("It says “none”.");
  if (!named.startsWith('"')) await expect(refused).toContainText(named);
  const list = page.waitForEvent("download");
  await page.getByRole("button", { name: "Save what was refused" }).click();
  expect(await readFile(await (await list).path(), "utf8")).toContain("line,name,sku,cell,message");
  await page.getByRole("button", { name: "Changed 1" }).click();
  const row = page.getByRole("region", { name: "Changed" });
  await expect(row).toContainText(/\$\d[\d,]*\.\d\d → \$98\.76/);
  const [, , product] = first.split(",");
  if (!product.startsWith('"')) await expect(row).toContainText(product);
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

test("the address names the store, and one that is not theirs is said to be so", async ({ clerk: page }) => {
  const wrong = await atTheDesk(page, "/vendor/hours", "Opening hours");
  const store = await page.getByRole("combobox", { name: "Store" }).inputValue();
  await expect(page).toHaveURL(`/vendor/hours?store=${store}`);
  await page.getByRole("link", { name: "Zone" }).click();
  await expect(page).toHaveURL(`/vendor/zone?store=${store}`);
  await page.goto("/vendor/products?store=00000000-0000-7000-8000-000000000000&low=true");
  await expect(page.getByRole("heading", { name: "This is not one of your stores" })).toBeVisible();
  await looked(page, "vendor-not-theirs");
  await page.getByRole("main").getByRole("link").click();
  await expect(page.getByRole("heading", { level: 1, name: "Products" })).toBeVisible();
  await expect(page).toHaveURL(`/vendor/products?store=${store}`);
  expect(wrong).toEqual([]);
});

test("that orders shall be heard is kept on the device", async ({ clerk: page }) => {
  const wrong = await atTheDesk(page, "/vendor/hours", "Opening hours");
  await page.evaluate(() => localStorage.removeItem("vendor-sound"));
  await page.reload();
  await page.getByRole("button", { name: "Sound off" }).click();
  await expect(page.getByRole("button", { name: "Sound on", pressed: true })).toBeVisible();
  await page.reload();
  // Where the browser wants a tap first, it says so, and any tap will do.
  await expect(page.getByRole("button", { name: /^(Sound on|Tap to hear orders)$/ })).toBeVisible();
  await page.getByRole("heading", { level: 1 }).click();
  await page.getByRole("button", { name: "Sound on", pressed: true }).click();
  await expect(page.getByRole("button", { name: "Sound off" })).toBeVisible();
  await page.reload();
  await expect(page.getByRole("button", { name: "Sound off" })).toBeVisible();
  expect(wrong).toEqual([]);
});

test("a store takes no orders for a while, and customers read why", async ({ clerk: page, customer }) => {
  const wrong = await atTheDesk(page, "/vendor/orders", "Orders");
  const store = await page.getByRole("combobox", { name: "Store" }).inputValue();
  await page.getByRole("button", { name: "Pause new orders" }).click();
  await page.getByLabel("Why").fill("");
  await page.getByRole("button", { name: "Pause", exact: true }).click();
  await expect(page.getByText("This is needed")).toBeVisible();
  await page.getByLabel("How long").selectOption("30 minutes");
  await page.getByRole("button", { name: "Too few of us here" }).click();
  await looked(page, "vendor-pause");
  await page.getByRole("button", { name: "Pause", exact: true }).click();
  await expect(page.getByText(/^No new orders until/)).toBeVisible();
  await looked(page, "vendor-paused");
  await customer.goto(`/s/${store}`);
  await expect(customer.getByText(/^Takes no orders for a while/)).toBeVisible();
  await expect(customer.getByText("Too few of us here")).toBeVisible();
  await looked(customer, "store-paused");
  await page.getByRole("button", { name: "Take orders again" }).click();
  await expect(page.getByRole("button", { name: "Pause new orders" })).toBeVisible();
  // A page may be as old as the house keeps it.
  await expect(async () => {
    await customer.reload();
    await expect(customer.getByText("Too few of us here")).toHaveCount(0, { timeout: 2_000 });
  }).toPass();
  expect(wrong).toEqual([]);
});

test("who works at the store, and who is invited to", async ({ clerk: page }) => {
  const wrong = await atTheDesk(page, "/vendor/staff", "Staff");
  const members = page.getByRole("region", { name: "Who works here" });
  await expect(members.getByRole("listitem").filter({ hasText: "clerk@demo.tipple.test" })).toContainText("Manager");
  // Their own role is nothing that they could have given.
  await expect(members.getByRole("button")).toHaveCount(0);
  const invited = `clerk-${Date.now()}@demo.tipple.test`;
  await page.getByRole("button", { name: "Send the letter" }).click();
  await expect(page.getByText("This is needed")).toBeVisible();
  await page.getByLabel("E-mail address").fill(invited);
  await page.getByRole("button", { name: "Send the letter" }).click();
  await expect(page.getByText(`A letter goes to ${invited}.`)).toBeVisible();
  const open = page.getByRole("region", { name: "Invited" }).getByRole("listitem").filter({ hasText: invited });
  await expect(open).toContainText("Clerk");
  await looked(page, "vendor-staff");
  const withdraw = open.getByRole("button", { name: `Take it back: ${invited}` });
  await withdraw.click();
  await withdraw.click();
  await expect(open).toHaveCount(0);
  expect(wrong).toEqual([]);
});

test("figures as a table and as a file; payouts and the statement", async ({ clerk: page }) => {
  const wrong = await atTheDesk(page, "/vendor/analytics/sales", "Figures");
  await page.getByRole("button", { name: "As a table" }).click();
  const table = page.getByRole("table").first();
  await expect(table).toBeVisible();
  await expect(page).toHaveURL(/as=table/);
  await looked(page, "vendor-figures-table");
  const saved = page.waitForEvent("download");
  await page.getByRole("button", { name: "Save as CSV" }).click();
  const file = await saved;
  expect(file.suggestedFilename()).toMatch(/^sales-[\d-]+\.csv$/);
  const rows = (await readFile(await file.path(), "utf8")).trim().split("\r\n");
  expect(rows.length).toBe(await table.getByRole("row").count());
  await page.getByRole("button", { name: "As a table" }).click();
  await expect(page.getByRole("table")).toHaveCount(0);
  await looked(page, "vendor-figures");
  await page.getByRole("link", { name: "Payouts" }).click();
  await expect(page.getByRole("heading", { level: 1, name: "Payouts" })).toBeVisible();
  await looked(page, "vendor-payouts");
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
