// What the operator decides about the shop, in a real browser, against the demo at BASE.
import { expect } from "@playwright/test";
import { title } from "./door.js";
import { looked, watched } from "./looked.js";
import { call, signIn } from "./people.js";
import { phone, test } from "./windows.js";

test.use(phone);

// Three drinks that are not on the list, neither by their score nor because somebody decided so.
async function drinks() {
  const operator = await signIn("operator");
  const sold = await call("GET", "/v1/catalogue/products?class=spirits&in_stock=true&limit=100", operator);
  const listed = await call("GET", "/v1/insight/top-picks?limit=50", operator);
  const decided = await call("GET", "/v1/insight/top-picks/decisions", operator);
  const known = new Set([...listed.items, ...decided.items].map(({ product }) => product));
  return sold.items.filter(({ product }) => !known.has(product)).slice(0, 3);
}

// What an earlier run has pinned is left to its score.
async function leftToTheScore() {
  const operator = await signIn("operator");
  const { items } = await call("GET", "/v1/insight/top-picks/decisions", operator);
  for (const { product } of items) await call("DELETE", `/v1/insight/top-picks/${product}`, operator);
}

async function decide(page, name, choose) {
  await page.getByRole("searchbox").fill(name);
  const found = page.getByRole("list", { name: "Drinks that were found" });
  const one = found.getByRole("listitem").filter({ has: page.getByText(name, { exact: true }) });
  await one.getByRole("button", { name: `Decide about ${name}` }).click();
  const form = one.getByRole("region", { name: `Decide about ${name}` });
  await choose(form);
  await form.getByRole("button", { name: "Decide it" }).click();
  await expect(form).toHaveCount(0);
}

test("a pick is given its place, and the shop shows it", async ({ operator: page }) => {
  test.setTimeout(180_000);
  const wrong = watched(page);
  await leftToTheScore();
  const [first, second] = await drinks();
  await page.goto("/operator/top-picks");
  await expect(title(page, "Top Picks")).toBeVisible();
  const place = (at) => page.locator(`[data-place="${at - 1}"]`);

  await decide(page, first.name, async (form) => {
    await form.getByLabel("Place, 1 to 50").fill("1");
    await form.getByLabel("Until").fill("2020-01-01T10:00");
    await form.getByLabel("Why").fill("Its producer visits us this week.");
    await form.getByRole("button", { name: "Decide it" }).click();
    // What was typed stays when the house says no.
    await expect(form.getByRole("alert")).toContainText("is not in the future");
    await expect(form.getByLabel("Why")).toHaveValue("Its producer visits us this week.");
    await form.getByLabel("Until").fill("");
    await looked(page, "picks-decide");
  });
  await expect(place(1)).toContainText(first.name);
  await decide(page, second.name, (form) => form.getByLabel("Place, 1 to 50").fill("2"));
  await expect(place(2)).toContainText(second.name);
  // People order meanwhile, and what they order comes on the list by itself.
  const [third] = await drinks();
  await page.getByRole("searchbox").fill(third.name);
  await page.getByRole("button", { name: `Add ${third.name} to the list` }).click();
  await expect(page.getByText(`${third.name} is on the list.`)).toBeVisible();
  await page.getByRole("searchbox").fill("");
  await expect(page.locator("ol[aria-busy=true]")).toHaveCount(0);
  await looked(page, "picks");

  // By keys: taken, one place down, put down; what stood there goes up.
  const handle = page.getByRole("button", { name: `Move ${first.name}`, exact: true });
  await handle.focus();
  await page.keyboard.press("Space");
  await page.keyboard.press("ArrowDown");
  await expect(page.getByRole("status").filter({ hasText: "To place 2 of" })).toBeAttached();
  await page.keyboard.press("Space");
  await expect(place(2)).toContainText(first.name);
  await expect(place(1)).toContainText(second.name);
  await page.getByRole("button", { name: "Undo" }).click();
  await expect(place(1)).toContainText(first.name);

  // With a pointer, as far.
  const from = await handle.boundingBox();
  const to = await place(2).boundingBox();
  await page.mouse.move(from.x + 10, from.y + 10);
  await page.mouse.down();
  await page.mouse.move(from.x + 10, to.y + to.height / 2, { steps: 5 });
  await page.mouse.up();
  await expect(place(2)).toContainText(first.name);
  await page.getByRole("button", { name: `One place up: ${first.name}` }).click();
  await expect(place(1)).toContainText(first.name);

  // As the shop shows it, there and here.
  await page.getByRole("link", { name: "As the shop shows it" }).click();
  const shown = page.getByRole("region", { name: "Top Picks" });
  await expect(shown.getByRole("article").first()).toContainText(first.name);
  await looked(page, "picks-preview");
  const shop = await page.context().newPage();
  await expect(async () => {
    await shop.goto("/");
    const picked = shop.locator("h2", { hasText: "Top Picks" }).locator("xpath=following-sibling::ul[1]");
    await expect(picked.getByRole("article").first()).toContainText(first.name, { timeout: 2_000 });
  }).toPass();
  await shop.close();

  // Who, when, why; and the way back.
  await page.getByRole("link", { name: "History" }).click();
  await expect(page.getByText("Its producer visits us this week.").first()).toBeVisible();
  await looked(page, "picks-history");
  await page.getByRole("link", { name: third.name, exact: true }).first().click();
  await expect(page.getByText(`About ${third.name} only.`)).toBeVisible();
  await page.getByRole("button", { name: `Take back what was decided about ${third.name}` }).click();
  await expect(page.getByText("Left to the score").first()).toBeVisible();
  await page.getByRole("link", { name: "The list" }).click();
  for (const { name } of [first, second]) {
    await page.getByRole("button", { name: `Keep ${name} in this place`, pressed: true }).click();
    await expect(page.getByText(`The score decides about ${name}.`)).toBeVisible();
  }
  expect(wrong).toEqual([]);
});

test("a coupon is made and ended", async ({ operator: page }) => {
  const wrong = watched(page);
  await page.goto("/operator/coupons?making=true");
  const form = page.getByRole("region", { name: "New coupon" });
  const code = `TRY-${Date.now()}`;
  await form.getByLabel("Code").fill(code);
  await form.getByLabel("How much, in percent").fill("a lot");
  await form.getByRole("button", { name: "Make it" }).click();
  await expect(form.getByText("This is not in the right form.")).toBeVisible();
  await form.getByLabel("How much, in percent").fill("12.5");
  await form.getByLabel("From which sum on").fill("30");
  await form.getByLabel("How often for one customer").fill("1");
  await looked(page, "coupon-new");
  await form.getByRole("button", { name: "Make it" }).click();
  await expect(page.getByText(`${code} is made: 12.5% off, from $30.00 on.`)).toBeVisible();
  const row = page.getByRole("row").filter({ hasText: code });
  await expect(row).toContainText("once for a customer");
  await row.getByRole("button", { name: `End it: ${code}` }).click();
  await row.getByRole("button", { name: `End it: ${code}` }).click();
  await expect(row).toContainText("Ended");
  await page.getByRole("link", { name: "Promotions" }).last().click();
  await expect(page.getByText("Mixers: three for two")).toBeVisible();
  await looked(page, "promotions");
  expect(wrong).toEqual([]);
});

test("figures and books, and what they are worth on paper", async ({ operator: page }) => {
  test.setTimeout(240_000);
  const wrong = watched(page);
  await page.goto("/operator/analytics/sales");
  await expect(page.getByRole("img", { name: "Sales after refunds, day by day" })).toBeVisible();
  await looked(page, "figures-sales");
  const saved = page.waitForEvent("download");
  await page.getByRole("button", { name: "Save as CSV" }).click();
  expect((await saved).suggestedFilename()).toMatch(/^sales-.*\.csv$/);
  await page.getByRole("button", { name: "As a table" }).click();
  await expect(page.getByRole("table", { name: "Sales by day in USD" })).toBeVisible();
  await page.getByRole("link", { name: "Popular products" }).click();
  await expect(page.getByText(/products? (was|were) sold/)).toBeVisible();
  await page.getByRole("link", { name: "Delivery times" }).click();
  await expect(page.getByRole("table", { name: "Delivery times by store" })).toBeVisible();
  await looked(page, "figures-delivery");

  await page.goto("/operator/books");
  await expect(page.getByText("All accounts add up to zero.")).toBeVisible();
  await looked(page, "books");
  await page.getByRole("link", { name: "Sales", exact: true }).click();
  await expect(page.getByRole("table", { name: "Entries" })).toBeVisible();
  await page.getByRole("link", { name: "Vendors", exact: true }).last().click();
  await expect(page.getByText("Owed at the end")).toBeVisible();
  await looked(page, "books-statement");
  await page.getByRole("link", { name: "Refund limits" }).click();
  await expect(page.getByRole("table", { name: "Refund limits" })).toBeVisible();
  await looked(page, "books-limits");
  await page.getByRole("link", { name: "Documents" }).click();
  await expect(page.getByRole("combobox", { name: "Year" })).toBeVisible();
  await looked(page, "books-documents");
  await page.goto("/operator/stores");
  await page.getByRole("row").nth(1).getByRole("link").click();
  await expect(page.getByRole("heading", { name: "The week" })).toBeVisible();
  await looked(page, "stores-one");
  expect(wrong).toEqual([]);
});
