// Pages that no other journey comes by, in a real browser, against the demo at BASE.
import { expect } from "@playwright/test";
import { title } from "./door.js";
import { looked, watched } from "./looked.js";
import { atWork, call, drive, handOver, packed, shelf, signIn, theStore } from "./people.js";
import { phone, test } from "./windows.js";

test.use(phone);
test.describe.configure({ timeout: 180_000 });

/** Each is gone to, has what it is known by, and is whole. */
async function seen(page, all) {
  const wrong = watched(page);
  for (const [name, address, sign] of all) {
    await page.goto(address);
    await expect(sign(page).first()).toBeVisible();
    await expect(page.locator("main .animate-pulse")).toHaveCount(0);
    await looked(page, name);
  }
  expect(wrong).toEqual([]);
}

const headed = (name) => (page) => title(page, name);
const tabled = (name) => (page) => page.getByRole("table", { name });

test("what customers seldom come by", async ({ page }) => {
  const store = await theStore(await signIn("clerk"));
  const [{ category }] = await shelf(store.store, 1);
  const [kind] = category.split("/");
  await seen(page, [
    ["category", `/c/${kind}`, (shown) => shown.getByRole("article")],
    ["category-none", `/c/${kind}?abv_min=9900`, (shown) => shown.getByRole("heading", { name: "Nothing found" })],
    ["help", "/help", headed("Help")],
    ["no-connection", "/offline", headed("No connection")],
  ]);
});

/** There is something to count: an order of the clerk's store that has changed hands. */
async function delivered() {
  const operator = await signIn("operator");
  const { store } = await theStore(await signIn("clerk"));
  const { items } = await call("GET", `/v1/orders/all?state=delivered&store=${store}&limit=1`, operator);
  if (items.length > 0) return;
  const work = await atWork();
  const { order } = await packed(work);
  await handOver(work.driver, await drive(work.driver, order));
  await call("DELETE", "/v1/delivery/shift", work.driver);
}

test("a store's figures and payouts", async ({ clerk: page }) => {
  await delivered();
  await seen(page, [
    ["vendor-sales", "/vendor/analytics/sales", (shown) => shown.getByRole("img", { name: /day by day/ })],
    ["vendor-popular", "/vendor/analytics/products", tabled("Products by bottles sold")],
    ["vendor-times", "/vendor/analytics/delivery", tabled("Delivery times by store")],
    ["vendor-funnel", "/vendor/analytics/funnel", tabled("Day by day")],
    ["vendor-payouts", "/vendor/payouts", (shown) => shown.getByText("Owed at the end")],
  ]);
});

test("who sells, and on what terms", async ({ operator: page }) => {
  const store = await theStore(await signIn("clerk"));
  await seen(page, [
    ["stores", "/operator/stores", tabled("Stores")],
    ["stores-new", "/operator/stores/new", headed("New store")],
    ["vendors", "/operator/vendors", tabled("Vendors")],
    ["vendors-one", `/operator/vendors/${store.vendor}`, headed(store.vendor_name)],
    ["ways", "/operator/ways", headed("Ways to pay")],
    ["rules", "/operator/compliance", tabled("Rules of sale")],
    ["figures-popular", "/operator/analytics/products", tabled("Products by bottles sold")],
    ["figures-funnel", "/operator/analytics/funnel", tabled("Day by day")],
    ["picks-ranking", "/operator/top-picks?view=ranking", tabled("By the score alone")],
    ["books-entries", "/operator/books/entries?account=sales&currency=USD", tabled("Entries")],
  ]);
  await page.goto("/operator/no-such-page");
  await expect(title(page, "There is nothing here")).toBeVisible();
  await looked(page, "operator-missing", { instead: true });
});

test("a payout is drawn up, and one that was due is said to be sent", async ({ operator: page }) => {
  const wrong = watched(page);
  await delivered();
  const { vendor, vendor_name: name } = await theStore(await signIn("clerk"));
  await page.goto(`/operator/vendors/${vendor}`);
  const terms = page.getByRole("region", { name: "Terms" });
  await terms.getByLabel("Legal name").fill(`${name} LLC`);
  await terms.getByLabel("Address").fill("418 E Locust St, Des Moines, IA 50309");
  await terms.getByLabel("Commission, in percent").fill("12.5");
  await terms.getByRole("button", { name: "Save" }).click();
  await expect(terms).toContainText("12.5% of what is sold from now on");
  await looked(page, "vendors-terms");
  await page.getByRole("link", { name: "Its statement and payouts" }).click();
  const draw = page.getByRole("button", { name: "Draw up a payout now" });
  await draw.click();
  await expect(page.getByText("All that is owed in USD up to now")).toBeVisible();
  await draw.click();
  const table = page.getByRole("table", { name: "Payouts" });
  await expect(table).toBeVisible();
  await looked(page, "books-statement-paid");

  // What comes due by itself does so after days; that one has is told by the browser.
  const [paid] = (await call("GET", `/v1/payments/vendors/${vendor}/payouts`, await signIn("operator"))).items;
  let due = [{ ...paid, sent_at: undefined }];
  await page.route("**/v1/payments/payouts?*", (route) => route.fulfill({ json: { items: due, next: null } }));
  await page.route("**/v1/payments/payouts/*/sent", (route) => {
    due = [];
    return route.fulfill({ json: paid });
  });
  await page.goto("/operator/books/payouts");
  const row = page.getByRole("row").filter({ hasText: name });
  await expect(row).toBeVisible();
  await looked(page, "books-payouts");
  await row.getByRole("button", { name: `Say it is sent to ${name}` }).click();
  await expect(row.getByText("Say so only once your bank has sent it.")).toBeVisible();
  await row.getByRole("button", { name: `Say it is sent to ${name}` }).click();
  await expect(page.getByRole("heading", { name: "No payout waits" })).toBeVisible();
  await page.unrouteAll();
  expect(wrong).toEqual([]);
});

// The demo's provider gives no files, so what one would say is told by the browser.
test("what a provider's file says otherwise than the books", async ({ operator: page }) => {
  const id = "0197a1b2-0000-7000-8000-000000000000";
  const dollars = (amount) => ({ amount, currency: "USD" });
  const file = {
    settlement: id,
    provider: "stripe",
    account: "main",
    from: "2027-01-01T00:00:00Z",
    to: "2027-01-08T00:00:00Z",
    lines: 1_204,
    new_lines: 318,
    open_differences: 2,
    loaded_by: id,
    loaded_at: "2027-01-08T09:30:00Z",
  };
  const found = { found_at: file.loaded_at, subject: "payment pi_3Tipple0001" };
  const differences = [
    { ...found, difference: id, what: "amount", ours: dollars(4_210), theirs: dollars(4_120) },
    { ...found, difference: id.replace(/0$/, "1"), what: "missing_here", theirs: dollars(1_999) },
    {
      ...found,
      difference: id.replace(/0$/, "2"),
      what: "fee",
      ours: dollars(152),
      theirs: dollars(155),
      note: "Their fees rose on the first of the month.",
      explained_at: "2027-01-08T10:00:00Z",
      resolved_at: "2027-01-09T10:00:00Z",
    },
  ];
  const answers = (path, json) => page.route(`**/v1/payments/${path}`, (route) => route.fulfill({ json }));
  await answers("accounts", { items: [{ way: "stripe:main", provider: "stripe", account: "main", settles: true }] });
  await answers("settlements?*", { items: [file], next: null });
  await answers(`settlements/${id}`, file);
  await answers(`settlements/${id}/differences*`, { items: differences, next: null });
  await seen(page, [
    ["books-settlements", "/operator/books/settlements", tabled("Settlements")],
    ["books-settlement", `/operator/books/settlements/${id}`, (shown) => shown.getByText("Other amounts")],
  ]);
  await page.unrouteAll();
});
