// What operators make, change and end, and what becomes of it, in a real browser, against the demo at BASE.
import { readFile } from "node:fs/promises";
import { expect } from "@playwright/test";
import { title } from "./door.js";
import { looked, watched } from "./looked.js";
import { newcomer, PASSWORD } from "./newcomer.js";
import { atWork, call, drive, filled, handOver, packed, shelf, signIn, theStore, until } from "./people.js";
import { phone, test } from "./windows.js";

test.use(phone);
test.describe.configure({ timeout: 120_000 });

const press = (page, name) => page.getByRole("button", { name, exact: true }).click();
const row = (page, text) => page.getByRole("row").filter({ hasText: text });

/** The demo's customer has one drink in a cart of the clerk's store. */
async function inTheCart() {
  const [customer, { store }] = await Promise.all([signIn("customer"), theStore(await signIn("clerk"))]);
  const [one] = await shelf(store, 1);
  const cart = await filled(customer, store, [[one.product, 1]]);
  const quoted = async () => (await call("GET", `/v1/cart/carts/${cart}`, customer)).quote;
  return { customer, store, cart, quoted };
}

test("a coupon is made, used, and ended", async ({ operator: page }) => {
  const wrong = watched(page);
  const { customer, cart, quoted } = await inTheCart();
  const code = `TENTH-${Date.now()}`;
  const using = `/v1/cart/carts/${cart}/coupons/${code}`;
  await page.goto("/operator/coupons");
  await press(page, "New coupon");
  await page.getByLabel("Code").fill("no good");
  await page.getByLabel("How much, in percent").fill("10");
  await press(page, "Make it");
  // What no coupon can be called is told at its field.
  await expect(page.getByLabel("Code")).toHaveAttribute("aria-invalid", "true");
  await looked(page, "coupon-refused");
  await page.getByLabel("Code").fill(code);
  await press(page, "Make it");
  await expect(page.getByRole("status").filter({ hasText: `${code} is made: 10% off` })).toBeVisible();
  const line = row(page, code);
  await expect(line).toContainText("In force");
  const before = (await quoted()).total.amount;
  await call("PUT", using, customer);
  expect((await quoted()).total.amount).toBeLessThan(before);

  await line.getByRole("button", { name: `End it: ${code}` }).click();
  await expect(line).toContainText("It ends at once, and cannot be begun again.");
  await expect(line.getByRole("button", { name: `End it: ${code}` })).toBeFocused();
  await line.getByRole("button", { name: `End it: ${code}` }).press("Enter");
  await expect(line).toContainText("Ended");
  await expect(line.getByRole("button")).toHaveCount(0);
  await looked(page, "coupon-ended");
  await call("DELETE", using, customer);
  await expect(call("PUT", using, customer)).rejects.toThrow(/: 4\d\d /);
  expect((await quoted()).total.amount).toBe(before);
  expect(wrong).toEqual([]);
});

test("a promotion is made, counts, and is ended", async ({ operator: page }) => {
  const wrong = watched(page);
  const operator = await signIn("operator");
  const { store, quoted } = await inTheCart();
  const label = `Opening week ${Date.now()}`;
  const before = (await quoted()).discount.amount;
  const all = async () => (await call("GET", "/v1/cart/promotions?limit=50", operator)).items;
  try {
    await page.goto("/operator/promotions");
    await press(page, "New promotion");
    await page.getByLabel("What customers read").fill(label);
    await page.getByLabel("What it gives").selectOption("Some for the price of fewer");
    await expect(page.getByLabel("Of so many")).toBeVisible();
    await page.getByLabel("What it gives").selectOption("An amount off");
    await page.getByLabel("How much (USD)").fill("1.25");
    await page.getByLabel("Where").selectOption(store);
    await looked(page, "promotion-new");
    await press(page, "Make it");
    await expect(page.getByRole("status").filter({ hasText: `${label} is made` })).toBeVisible();
    await expect(row(page, label)).toContainText("In force");
    expect((await quoted()).discount.amount).toBeGreaterThan(before);

    await row(page, label).getByRole("button", { name: `End it: ${label}` }).click();
    await row(page, label).getByRole("button", { name: `End it: ${label}` }).click();
    await expect(row(page, label)).toContainText("Ended");
    expect((await quoted()).discount.amount).toBe(before);
    expect((await all()).find(({ terms }) => terms.label === label).active).toBe(false);
  } finally {
    // What others buy later costs what it did.
    for (const { promotion, terms, active } of await all()) {
      if (terms.label !== label || !active) continue;
      await call("POST", `/v1/cart/promotions/${promotion}/deactivate`, operator, {});
    }
  }
  expect(wrong).toEqual([]);
});

test("a licence is saved, suspended, and good again", async ({ operator: page }) => {
  const wrong = watched(page);
  const operator = await signIn("operator");
  const { store: busy } = await theStore(await signIn("clerk"));
  // Of a store where nobody else buys anything.
  const { items } = await call("GET", "/v1/catalogue/stores?limit=50");
  const { store, name } = items.find((one) => one.store !== busy);
  const path = `/v1/compliance/licences/${store}`;
  const had = await call("GET", path, operator);
  const { number, classes, valid_from, valid_until, suspended } = had;
  try {
    await page.goto("/operator/licences");
    const line = row(page, name).first();
    await line.getByRole("button", { name: /^Change/ }).click();
    const form = page.getByRole("region", { name: `Licence of ${name}` });
    await expect(form.getByLabel("Number")).toHaveValue(number);
    await form.getByLabel("Number").fill("");
    await form.getByRole("button", { name: "Save" }).click();
    await expect(form.getByText("This is needed.")).toBeVisible();
    const changed = `LE-${Date.now()}`;
    await form.getByLabel("Number").fill(changed);
    await form.getByRole("checkbox", { name: "Suspended" }).check();
    await looked(page, "licence-changed");
    await form.getByRole("button", { name: "Save" }).click();
    await expect(form).toHaveCount(0);
    await expect(row(page, changed)).toContainText("Suspended");
    expect(await call("GET", path, operator)).toMatchObject({ number: changed, suspended: true });
    await page.getByRole("combobox", { name: /^Show/ }).selectOption("What needs somebody");
    await row(page, changed).getByRole("button", { name: /^Change/ }).click();
    await form.getByRole("checkbox", { name: "Suspended" }).uncheck();
    await form.getByLabel("Number").fill(number);
    await form.getByLabel("Number").press("Enter");
    await expect(row(page, name)).toHaveCount(0);
    await page.goBack();
    await expect(row(page, name).first()).toContainText("Good");
    await expect(row(page, name).first()).toContainText(number);
  } finally {
    const { version } = await call("GET", path, operator);
    const before = { number, classes, valid_from, valid_until, suspended };
    await call("PUT", path, operator, before, { "if-match": `"v${version}"` });
  }
  expect(wrong).toEqual([]);
});

test("a rulebook counts from a day on, and a sale after it is asked about", async ({ operator: page }) => {
  const wrong = watched(page);
  const operator = await signIn("operator");
  const books = "/v1/compliance/jurisdictions/US-IA/rulebooks";
  const newest = async () => (await call("GET", `${books}?limit=1`, operator)).items[0];
  const last = await newest();
  // Long after everybody else's sales, and after what an earlier run has left.
  const from = new Date(Math.max(Date.parse(last.valid_from), Date.UTC(2090, 0, 1)) + 86_400_000);
  const day = from.toISOString().slice(0, 10);
  const born = `${Number(day.slice(0, 4)) - 22}-01-01`;
  const spirits = (region) => region.getByRole("region", { name: "Spirits" });
  try {
    await page.goto("/operator/compliance/US-IA/new");
    await expect(title(page, "New version")).toBeVisible();
    await page.getByLabel("Counts from").fill(`${day}T00:00`);
    await spirits(page).getByLabel("Least age").fill("25");
    await press(page, "Look at what changes");
    await expect(page.getByRole("region", { name: "What changes" })).toContainText("From age 25");
    await press(page, `Add version ${last.version + 1}`);
    await expect(page.getByRole("status").filter({ hasText: `Version ${last.version + 1} counts from` })).toBeVisible();
    expect((await newest()).rules.spirits.minimum_age).toBe(25);

    // Somebody of 22 buys beer at three in the afternoon, and spirits the day before.
    const question = page.getByRole("region", { name: "The sale" });
    const answer = page.getByRole("region", { name: "The answer" });
    const asked = async (at) => {
      await question.getByLabel("When").fill(at);
      await question.getByLabel("Born on").fill(born);
      await question.getByRole("button", { name: "Ask the law" }).click();
    };
    await asked(`${day}T15:00`);
    await expect(spirits(answer)).toContainText("Too young");
    await expect(spirits(answer)).toContainText(`US-IA@${last.version + 1}`);
    await expect(answer.getByRole("region", { name: "Beer" }).getByText("Yes", { exact: true })).toBeVisible();
    await looked(page, "rulebook-added");
    const before = new Date(from - 86_400_000).toISOString().slice(0, 10);
    await asked(`${before}T15:00`);
    await expect(spirits(answer)).toContainText(`US-IA@${last.version}`);
    await expect(spirits(answer).getByText("Yes", { exact: true })).toBeVisible();
    await page.getByRole("link", { name: `Version ${last.version + 1}` }).click();
    await expect(title(page, "Iowa")).toBeVisible();
    await expect(spirits(page)).toContainText("From age 25");
  } finally {
    // What comes after it is as it was.
    const { version, valid_from } = await newest();
    if (version > last.version) {
      const later = new Date(Date.parse(valid_from) + 60_000).toISOString();
      await call("POST", books, operator, { version: version + 1, valid_from: later, rules: last.rules });
    }
  }
  expect(wrong).toEqual([]);
});

test("a role is given and taken, and its pages with it", async ({ operator: page, browser }) => {
  const wrong = watched(page);
  const { email } = await newcomer();
  const context = await browser.newContext(phone);
  const theirs = await context.newPage();
  await theirs.goto("/sign-in?to=/operator/audit");
  await theirs.getByLabel("E-mail address").fill(email);
  await theirs.getByLabel("Password").fill(PASSWORD);
  await theirs.getByRole("main").getByRole("button", { name: "Sign in" }).click();
  const outside = theirs.getByRole("heading", { name: "These pages are for operators" });
  await expect(outside).toBeVisible();

  await page.goto("/operator/users");
  await page.getByRole("searchbox", { name: /^E-mail/ }).fill(email);
  await expect(page.getByRole("row")).toHaveCount(2);
  await page.getByRole("button", { name: /^Look at/ }).click();
  const about = page.getByRole("region", { name: "About Robin" });
  const auditor = about.getByRole("checkbox", { name: "Auditor" });
  // What a role lets somebody do holds in their window, too, once it knows.
  const set = async (on, seen) => {
    await auditor.setChecked(on);
    await about.getByRole("button", { name: "Set the roles" }).click();
    const named = expect(row(page, email));
    await (on ? named.toContainText("Auditor") : named.not.toContainText("Auditor"));
    await expect(async () => {
      await theirs.goto("/operator/audit");
      await expect(seen).toBeVisible({ timeout: 5_000 });
    }).toPass({ timeout: 60_000 });
  };
  await set(true, title(theirs, "Who did what"));
  await looked(page, "people-role-given");
  await set(false, outside.or(title(theirs, "Sign in")));
  await about.getByRole("link", { name: "What was done to them" }).click();
  await expect(page.getByRole("cell", { name: "Roles set" })).toHaveCount(2);
  await context.close();
  expect(wrong).toEqual([]);
});

test("what the law refused at the door stands at the order, with its reason", async ({ operator: page }) => {
  const wrong = watched(page);
  const work = await atWork();
  const { order } = await packed(work);
  const job = await drive(work.driver, order);
  const { allowed } = await call("POST", `/v1/delivery/jobs/${job}/check`, work.driver, {
    document: { kind: "passport", date_of_birth: "2010-04-01", expires_on: "2099-01-01" },
    name_matches: true,
    sober: true,
  });
  expect(allowed).toBe(false);
  await page.goto(`/operator/orders/${order}`);
  const law = page.getByRole("region", { name: "What the law said" });
  const refused = law.getByRole("listitem").filter({ hasText: "At the door: not allowed" });
  await expect(refused).toContainText("Too young");
  await expect(refused.getByRole("link", { name: /^US-IA@/ })).toBeVisible();
  await expect(law).toContainText("When it was ordered: allowed");
  await looked(page, "operator-order-refused");
  await handOver(work.driver, job);
  await page.reload();
  await expect(law).toContainText("At the door: allowed");
  await expect(refused).toContainText("Too young");
  await call("DELETE", "/v1/delivery/shift", work.driver);
  expect(wrong).toEqual([]);
});

test("what the law refuses stands at the basket, with its reason", async ({ browser }) => {
  const { email, token } = await newcomer("2010-04-01");
  const { store } = await theStore(await signIn("clerk"));
  const found = `/v1/catalogue/products?store=${store}&class=spirits&in_stock=true&limit=1`;
  const [spirit] = (await call("GET", found)).items;
  const cart = await filled(token, store, [[spirit.product, 1]]);
  await call("PUT", `/v1/cart/carts/${cart}/destination`, token, {
    recipient: "Robin Reed",
    address: "500 Locust St, Des Moines, IA 50309",
    place: { lat: 41.5873, lon: -93.624 },
  });
  const law = await until("the law says no", async () => {
    const { problems } = await call("GET", `/v1/cart/carts/${cart}`, token);
    return problems.some(({ rule }) => rule === "under-age") && problems.filter(({ code }) => code === "unlawful");
  });

  const context = await browser.newContext(phone);
  const page = await context.newPage();
  const wrong = watched(page);
  await page.goto("/sign-in?to=/basket");
  await page.getByLabel("E-mail address").fill(email);
  await page.getByLabel("Password").fill(PASSWORD);
  await page.getByRole("main").getByRole("button", { name: "Sign in" }).click();
  const basket = page.getByRole("main");
  for (const { detail } of law) await expect(basket.getByText(detail, { exact: true }).first()).toBeVisible();
  await looked(page, "basket-unlawful");
  await page.goto(`/checkout/${cart}`);
  for (const { detail } of law) await expect(basket.getByText(detail, { exact: true }).first()).toBeVisible();
  await expect(page.getByRole("button", { name: /^Order and pay/ })).toBeDisabled();
  await context.close();
  expect(wrong).toEqual([]);
});

/** There is something to count: an order that has changed hands, in a driver's shift. */
async function delivered() {
  const work = await atWork();
  const { order } = await packed(work);
  await handOver(work.driver, await drive(work.driver, order));
  await call("DELETE", "/v1/delivery/shift", work.driver);
}

/** What is saved by a button is a table: its heading, and its lines by name. */
async function saved(page, within, name) {
  const file = page.waitForEvent("download");
  await within.getByRole("button", { name: "Save as CSV" }).click();
  const got = await file;
  expect(got.suggestedFilename()).toMatch(name);
  const text = await readFile(await got.path(), "utf8");
  expect(text.startsWith("\uFEFF")).toBe(true);
  const [heading, ...lines] = text.slice(1).trimEnd().split("\r\n").map(cellsOf);
  expect(lines.length).toBeGreaterThan(0);
  return lines.map((cells) => Object.fromEntries(heading.map((column, at) => [column, cells[at]])));
}

/** Cells as RFC 4180 writes them. */
function cellsOf(line) {
  return [...line.matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^,]*))/g)].map(([, quoted, plain]) =>
    quoted === undefined ? plain : quoted.replaceAll('""', '"'),
  );
}

/** The lines of a table's body as they are read. */
const read = (table) =>
  table.locator("tbody tr").evaluateAll((rows) => rows.map((one) => [...one.cells].map((cell) => cell.innerText.trim())));

const whole = new Intl.NumberFormat("en-US");
const tenths = new Intl.NumberFormat("en-US", { maximumFractionDigits: 1 });
const minutes = (text) => (text === "" ? "–" : tenths.format(Number(text)));
const dayOf = (day) => new Intl.DateTimeFormat("en-US", { dateStyle: "long", timeZone: "UTC" }).format(new Date(day));

test("figures as files: what is saved is what is shown", async ({ operator: page }) => {
  const wrong = watched(page);
  await delivered();
  const main = page.getByRole("main");
  const open = async (kind, name) => {
    await page.goto(`/operator/analytics/${kind}`);
    const table = page.getByRole("table", { name });
    await expect(table).toBeVisible();
    return table;
  };

  const days = await open("funnel", "Day by day");
  const steps = await saved(page, main, /^funnel-\d{4}-\d\d-\d\d-\d{4}-\d\d-\d\d\.csv$/);
  const stages = ["visitors", "orders", "carts", "placed", "paid", "delivered"];
  expect(Object.keys(steps[0])).toEqual(["day", "views", ...stages]);
  expect(await read(days)).toEqual(
    steps.map((one) => [dayOf(one.day), ...stages.map((stage) => whole.format(Number(one[stage])))]),
  );

  const products = await open("products", "Products by bottles sold");
  const more = page.getByRole("button", { name: "Show more" });
  while (await more.isVisible()) await more.click();
  const sold = await saved(page, main, /^products-[\d-]+\.csv$/);
  expect(Object.keys(sold[0])).toEqual(["product", "name", "category", "units", "orders"]);
  const shown = (await read(products)).map(([name, , units, orders]) => [name.split("\n")[0], units, orders]);
  expect(shown).toEqual(sold.map((one) => [one.name, whole.format(Number(one.units)), whole.format(Number(one.orders))]));

  const stores = await open("delivery", "Delivery times by store");
  const times = await saved(page, main.locator("div").filter({ has: page.getByText(/./) }).first(), /^delivery-[\d-]+\.csv$/);
  expect(Object.keys(times[0])).toEqual([
    "store",
    "name",
    "deliveries",
    "refused",
    "median_minutes",
    "p90_minutes",
    "road_median_minutes",
  ]);
  expect(await read(stores)).toEqual(
    times.map((one) => [
      one.name,
      "",
      minutes(one.median_minutes),
      minutes(one.p90_minutes),
      minutes(one.road_median_minutes),
      whole.format(Number(one.deliveries)),
      whole.format(Number(one.refused)),
    ]),
  );

  const use = page.getByRole("region", { name: "How drivers' time was used" });
  const drove = await saved(page, use, /^drivers-[\d-]+\.csv$/);
  expect(Object.keys(drove[0])).toEqual(["day", "drivers", "shift_minutes", "job_minutes", "deliveries"]);
  const onShift = drove.filter(({ drivers }) => drivers !== "0");
  const hours = (text) => tenths.format(Number(text) / 60);
  expect((await read(use.getByRole("table"))).map(([day, drivers, shift, job, , handed]) => [day, drivers, shift, job, handed])).toEqual(
    onShift.map((one) => [
      dayOf(one.day),
      one.drivers,
      hours(one.shift_minutes),
      hours(one.job_minutes),
      whole.format(Number(one.deliveries)),
    ]),
  );
  expect(wrong).toEqual([]);
});
