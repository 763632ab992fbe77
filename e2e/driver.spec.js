// The driver's page in a real browser, against the demo at BASE.
import { expect } from "@playwright/test";
import { atStore, endShift, offered, press, shows, title } from "./door.js";
import { looked, watched } from "./looked.js";
import { base, beforeWork, call, packed, signIn, until } from "./people.js";
import { phone, test } from "./windows.js";

test.use(phone);

/** What becomes of an order that nobody took. */
const STEPS = ["driver_arrived", "returning", "closed"];
const offline = (page, yes) => page.context().setOffline(yes);

// The clerk's store, and a driver at its counter who has not begun.
async function atCounter(page) {
  const work = await beforeWork();
  await atStore(page, work.store);
  await page.goto("/driver");
  await expect(title(page, "Ready to drive?")).toBeVisible();
  return work;
}

// With an order in the bag, on the way to the door.
async function carrying(page, work, quantity, seen = async () => {}) {
  await press(page, "Begin the shift");
  await expect(title(page, "Waiting for an order")).toBeVisible();
  await expect(page.getByText("Your location is being sent.")).toBeVisible();
  await seen("wait");
  const placed = await packed(work, quantity);
  await offered(page, work.store);
  await expect(title(page, "An order for you")).toBeVisible();
  await seen("offer");
  await press(page, "Take it");
  await expect(title(page, "Go to the store")).toBeVisible();
  await expect(page.getByRole("button", { name: "I have all of it" })).toBeVisible();
  await seen("store");
  await press(page, "I have all of it");
  await expect(title(page, "Go to the door")).toBeVisible();
  await seen("door");
  return placed;
}

test("through the door without a network: part of it changes hands, the rest goes back", async ({ driver: page }) => {
  test.setTimeout(240_000);
  const wrong = watched(page);
  const work = await atCounter(page);
  await looked(page, "driver-begin");
  const { state } = await carrying(page, work, 2, (name) => looked(page, `driver-${name}`));

  // What the page is made of is kept by now, and it opens again where there is no network.
  await until("it is kept", () => page.evaluate(async () => (await (await caches.open("site")).keys()).length > 10));
  await offline(page, true);
  await press(page, "I am at the door");
  await expect(title(page, "Is the person who takes it sober?")).toBeVisible();
  await page.reload();
  await expect(title(page, "Is the person who takes it sober?")).toBeVisible();
  await expect(page.getByRole("status").filter({ hasText: "1 waits to be sent" })).toContainText("No connection");
  await looked(page, "driver-sober");
  await press(page, "Yes, sober");
  await press(page, "Go on");
  await expect(page.getByText("This is not a date yet").first()).toBeVisible();
  await press(page, /^Back$/);
  await shows(page, "2010");
  await expect(page.getByText(/^1[67]$/)).toBeVisible();
  await looked(page, "driver-document");
  await press(page, "Go on");
  await press(page, "Yes, both");
  await expect(page.getByRole("alert").filter({ hasText: "answered over the network" })).toBeVisible();
  await looked(page, "driver-check-offline");

  // What was done goes out, and the house says no: too young.
  await offline(page, false);
  await expect(page.getByText("waits to be sent")).toBeHidden();
  await press(page, "Yes, both");
  await expect(title(page, "Do not hand over alcohol")).toBeVisible();
  await looked(page, "driver-refused");
  await press(page, "Hand over nothing");
  await expect(page.getByRole("radio", { name: "Too young" })).toBeChecked();
  await looked(page, "driver-refuse");
  await press(page, /^Back$/);
  await shows(page, "1990");
  await press(page, "Go on");
  await press(page, "Yes, both");
  await expect(page.getByText("It may be handed over until")).toBeVisible();
  await press(page, /^One fewer of/);
  await looked(page, "driver-hand-over");

  await offline(page, true);
  await press(page, "Hand over 1 of 2");
  await expect(title(page, "Handed over")).toBeVisible();
  await expect(page.getByText(work.store.address)).toBeVisible();
  await looked(page, "driver-handed");
  await offline(page, false);
  await expect(title(page, "Bring it back")).toBeVisible();
  await looked(page, "driver-back");
  await press(page, "The store has it back");
  await endShift(page);
  await until("it is back at the store", async () => (await state()) === "closed");
  expect(wrong).toEqual([]);
});

test("refused at the door without a network: all of it goes out in order", async ({ customer, driver: page }) => {
  test.setTimeout(120_000);
  const work = await atCounter(page);
  const { order } = await carrying(page, work, 1);
  await customer.goto(`/orders/${order}`);
  await expect(title(customer, "On its way")).toBeVisible();
  await offline(page, true);
  await press(page, "I am at the door");
  await press(page, "Hand over nothing");
  await page.getByRole("radio", { name: "Nobody there" }).check();
  await press(page, "Bring it back to the store");
  await expect(title(page, "Bring it back")).toBeVisible();
  await expect(page.getByText("2 wait to be sent")).toBeVisible();
  await press(page, "The store has it back");
  await expect(page.getByText("3 wait to be sent")).toBeVisible();
  await expect(title(customer, "On its way")).toBeVisible();

  await offline(page, false);
  await expect(title(customer, "Back at the store")).toBeVisible();
  await expect(customer.getByText("goes back to you.", { exact: false }).first()).toBeVisible();
  const { history } = await call("GET", `/v1/orders/orders/${order}`, await signIn("customer"));
  const done = history.map(({ what }) => what).filter((what) => STEPS.includes(what));
  expect(done).toEqual(STEPS);
  await looked(customer, "order-refused");
  await endShift(page);
});

test("a no that comes later leads back", async ({ driver: page }) => {
  const work = await atCounter(page);
  await carrying(page, work, 1);
  await offline(page, true);
  await press(page, "I am at the door");
  await expect(page.getByText("1 waits to be sent")).toBeVisible();
  // Meanwhile the store says that it has it.
  const { job } = await call("GET", "/v1/delivery/me", work.driver);
  await call("POST", `/v1/delivery/jobs/${job.job}/return`, work.clerk, {});
  await offline(page, false);
  const notice = page.getByRole("alert").filter({ hasText: "was not accepted" });
  await expect(notice).toContainText(job.number);
  await expect(title(page, "Waiting for an order")).toBeVisible();
  await looked(page, "driver-notice");
  for (const button of await page.getByRole("button", { name: "Understood" }).all()) await button.press("Enter");
  await expect(notice).toBeHidden();
  await endShift(page);
});

test("from right to left, and for whoever does not drive", async ({ browser }) => {
  const context = await browser.newContext({ baseURL: base, locale: "he-IL", viewport: { width: 390, height: 844 } });
  const page = await context.newPage();
  await page.goto("/driver");
  await page.getByLabel("כתובת דוא״ל").fill("customer@demo.tipple.test");
  await page.getByLabel("סיסמה").fill("tipple-demo-2026");
  await page.getByRole("main").getByRole("button", { name: "כניסה" }).click();
  await expect(page.getByRole("heading", { name: "הדף הזה מיועד לשליחים" })).toBeVisible();
  await looked(page, "driver-not-rtl", { instead: true });
  await context.close();
});
