// The driver's page in a real browser, against the demo at BASE.
import { readFile } from "node:fs/promises";
import { expect } from "@playwright/test";
import { atStore, endShift, offered, press, shows, title } from "./door.js";
import { looked, watched } from "./looked.js";
import { atWork, base, beforeWork, call, drive, handOver, packed, signIn, until } from "./people.js";
import { phone, signedIn, test } from "./windows.js";

test.use(phone);

/** What becomes of an order that nobody took. */
const STEPS = ["driver_arrived", "returning", "closed"];
const offline = (page, yes) => page.context().setOffline(yes);

/** What drivers press in the rain is at least so high, in pixels. */
const LARGE = 56;

// No violation, pictures, and nothing that a finger misses.
async function seen(page, name, how) {
  await looked(page, name, how);
  const small = await page.evaluate((least) => {
    const pressed = document.querySelectorAll("a, button, select, textarea, summary, input:not([type=radio])");
    const shown = [...pressed].filter((one) => one.checkVisibility({ visibilityProperty: true }));
    return shown.filter((one) => one.getBoundingClientRect().height < least).map((one) => one.outerHTML.slice(0, 200));
  }, LARGE);
  expect(small, name).toEqual([]);
}

/** What the driver's pages say in a language. */
async function saying(language) {
  const text = await readFile(new URL(`../web/messages/${language}/driver.json`, import.meta.url), "utf8");
  return (key) => JSON.parse(text)[`driver.${key}`];
}

// The clerk's store, and a driver at its counter who has not begun.
async function atCounter(page) {
  const work = await beforeWork();
  await atStore(page, work.store);
  await page.goto("/driver");
  await expect(title(page, "Ready to drive?")).toBeVisible();
  return work;
}

// With an order in the bag, on the way to the door.
async function carrying(page, work, quantity, look = async () => {}) {
  await press(page, "Begin the shift");
  await expect(title(page, "Waiting for an order")).toBeVisible();
  await expect(page.getByText("Your location is being sent.")).toBeVisible();
  await look("wait");
  const placed = await packed(work, quantity, 300);
  await offered(page, work.store);
  await expect(title(page, "An order for you")).toBeVisible();
  // There is no time to look for the button, however small the phone is.
  await page.setViewportSize({ width: 360, height: 560 });
  await expect(page.getByRole("button", { name: "Take it" })).toBeInViewport({ ratio: 1 });
  await page.setViewportSize(phone.viewport);
  await expect(page.locator("#offer")).toContainText("$7.50");
  await expect(page.locator("#offer")).toContainText("Pay $4.50 · Tip $3.00");
  await look("offer");
  await press(page, "Take it");
  await expect(title(page, "Go to the store")).toBeVisible();
  await expect(page.getByRole("button", { name: "I have all of it" })).toBeVisible();
  await look("store");
  await press(page, "I have all of it");
  await expect(title(page, "Go to the door")).toBeVisible();
  await look("door");
  return placed;
}

test("through the door without a network: part of it changes hands, the rest goes back", async ({ driver: page }) => {
  test.setTimeout(240_000);
  const wrong = watched(page);
  const work = await atCounter(page);
  await seen(page, "driver-begin");
  const { state } = await carrying(page, work, 2, (name) => seen(page, `driver-${name}`));

  // What the page is made of is kept by now, and it opens again where there is no network.
  await until("it is kept", () => page.evaluate(async () => (await (await caches.open("site")).keys()).length > 10));
  await offline(page, true);
  await press(page, "I am at the door");
  await expect(title(page, "Is the person who takes it sober?")).toBeVisible();
  await page.reload();
  await expect(title(page, "Is the person who takes it sober?")).toBeVisible();
  await expect(page.getByRole("status").filter({ hasText: "1 waits to be sent" })).toContainText("No connection");
  await seen(page, "driver-sober");
  await press(page, "Yes, sober");
  await press(page, "Go on");
  await expect(page.getByText("This is not a date yet").first()).toBeVisible();
  await press(page, /^Back$/);
  await shows(page, "2010");
  await expect(page.getByText(/^1[67]$/)).toBeVisible();
  await seen(page, "driver-document");
  await press(page, "Go on");
  await press(page, "Yes, both");
  await expect(page.getByRole("alert").filter({ hasText: "answered over the network" })).toBeVisible();
  await seen(page, "driver-check-offline");

  // What was done goes out, and the house says no: too young.
  await offline(page, false);
  await expect(page.getByText("waits to be sent")).toBeHidden();
  await press(page, "Yes, both");
  await expect(title(page, "Do not hand over alcohol")).toBeVisible();
  await seen(page, "driver-refused");
  await press(page, "Hand over nothing");
  await expect(page.getByRole("radio", { name: "Too young" })).toBeChecked();
  await seen(page, "driver-refuse");
  await press(page, /^Back$/);
  await shows(page, "1990");
  await press(page, "Go on");
  await press(page, "Yes, both");
  await expect(page.getByText("It may be handed over until")).toBeVisible();
  await press(page, /^One fewer of/);
  await seen(page, "driver-hand-over");

  await offline(page, true);
  await press(page, "Hand over 1 of 2");
  await expect(title(page, "Handed over")).toBeVisible();
  await expect(page.getByText(work.store.address)).toBeVisible();
  await seen(page, "driver-handed");
  await offline(page, false);
  await expect(title(page, "Bring it back")).toBeVisible();
  await seen(page, "driver-back");
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
  await seen(page, "driver-notice");
  for (const button of await page.getByRole("button", { name: "Understood" }).all()) await button.press("Enter");
  await expect(notice).toBeHidden();
  await endShift(page);
});

test("what was earned, in pay and tip, as a file, and without a network", async ({ driver: page }) => {
  test.setTimeout(180_000);
  const wrong = watched(page);
  const work = await atWork();
  const { order } = await packed(work, 1, 525);
  await handOver(work.driver, await drive(work.driver, order));
  await call("DELETE", "/v1/delivery/shift", work.driver);
  const { number } = await call("GET", `/v1/orders/orders/${order}`, await signIn("customer"));
  await page.goto("/driver");
  await page.getByRole("link", { name: "Earnings" }).click();
  await expect(title(page, "Earnings")).toBeVisible();
  const delivery = page.getByRole("listitem").filter({ hasText: number });
  await expect(async () => {
    await page.reload();
    await expect(delivery).toContainText("Pay $4.50 · Tips $5.25", { timeout: 5_000 });
  }).toPass();
  await seen(page, "driver-earnings");
  const file = page.waitForEvent("download");
  await press(page, "Save as CSV");
  const [titles, ...rows] = (await readFile(await (await file).path(), "utf8")).split("\r\n");
  expect(titles).toContain("Currency,Pay,Tip,Total");
  expect(rows.find((row) => row.includes(number))).toMatch(/,USD,4\.50,5\.25,9\.75$/);
  await page.getByRole("link", { name: "Earlier" }).click();
  await expect(page.getByText("Nothing was delivered in this week")).toBeVisible();
  await seen(page, "driver-earnings-none");
  await page.goBack();
  await expect(delivery).toBeVisible();

  await until("it is kept", () => page.evaluate(async () => Boolean(await caches.match("/driver"))));
  await offline(page, true);
  await page.reload();
  await expect(page.getByText("No connection. This is how it was on")).toBeVisible();
  await expect(delivery).toContainText("$9.75");
  await seen(page, "driver-earnings-offline");
  await page.getByRole("link", { name: "Back to driving" }).click();
  await expect(page.getByText("this phone knows of no shift")).toBeVisible();
  await seen(page, "driver-unknown");
  await offline(page, false);
  await expect(title(page, "Ready to drive?")).toBeVisible();
  expect(wrong).toEqual([]);
});

test("the driver's pages are an app of their own, which nobody else is offered", async ({ driver: page }) => {
  const named = () => page.locator('link[rel="manifest"]').getAttribute("href");
  await page.goto("/");
  expect(await named()).toBe("/site.webmanifest");
  await page.goto("/driver");
  await expect(title(page, "Ready to drive?")).toBeVisible();
  expect(await named()).toBe("/driver.webmanifest");

  const manifest = await page.request.get("/driver.webmanifest");
  expect(manifest.headers()["content-type"]).toBe("application/manifest+json");
  const { id, name, scope, start_url, display, icons } = await manifest.json();
  const driving = "/driver";
  expect({ id, name, scope, start_url, display }).toEqual({
    id: driving,
    name: "Tipple Driver",
    scope: driving,
    start_url: driving,
    display: "standalone",
  });
  for (const { src, type } of icons) {
    const icon = await page.request.get(src);
    expect([icon.status(), icon.headers()["content-type"]]).toEqual([200, type]);
  }

  // The browser thinks so too, but for that a window of a test is a private one.
  const client = await page.context().newCDPSession(page);
  const { url, errors } = await client.send("Page.getAppManifest");
  expect([url, errors]).toEqual([`${base}/driver.webmanifest`, []]);
  const { installabilityErrors: against } = await client.send("Page.getInstallabilityErrors");
  expect(against.map(({ errorId }) => errorId).filter((one) => one !== "in-incognito")).toEqual([]);

  const kept = ["/driver", "/driver.webmanifest", ...icons.slice(0, 3).map(({ src }) => src)];
  await until("it is kept", () =>
    page.evaluate(async (all) => (await Promise.all(all.map((one) => caches.match(one)))).every(Boolean), kept),
  );
  await offline(page, true);
  await page.goto("/driver/earnings");
  await expect(page.getByRole("link", { name: "Back to driving" })).toBeVisible();
  expect(await named()).toBe("/driver.webmanifest");
  await offline(page, false);
});

// What the house would say of an order in the bag, and of another one; from a store nobody else comes by.
const ID = "0197a1b2-0000-7000-8000-000000000000";
const AT = { lat: 41.5873, lon: -93.624 };
const STORE = { store: ID, name: "Corner Cellars", address: "418 E Locust St", place: AT, time_zone: "America/Chicago" };
const OFFERED = {
  offer: ID.replace(/0$/, "1"),
  expires_at: "2099-01-01T00:00:00Z",
  store: STORE,
  towards: AT,
  ready_at: "2099-01-01T00:00:00Z",
  metres_to_store: 900,
  metres_to_door: 1_400,
  seconds: 600,
  items: 1,
  needs_check: true,
  can: ["accept", "decline"],
};
const CARRIED = {
  step: "go_to_door",
  given_name: "Alexandrina-Guadalupe",
  on_shift_since: "2026-01-01T00:00:00Z",
  can: [],
  job: {
    job: ID,
    order: ID,
    number: "K7Q2-9F",
    state: "picked_up",
    ready: true,
    ready_at: "2026-01-01T00:00:00Z",
    eta_rough: true,
    store: STORE,
    door: { recipient: "Ann Lindqvist", address: "500 Locust St", place: AT, instructions: "" },
    lines: [{ line: ID, name: "Old Rye", quantity: 1, alcohol: true }],
    needs_check: true,
    can: ["arrive", "refuse"],
    refusals: ["nobody_there"],
    at_door: { can: ["check", "refuse"], refusals: ["nobody_there"] },
  },
};

for (const [language, locale] of [["en", "en-US"], ["he", "he-IL"]]) {
  test(`no connection, acts that wait and another offer have room beside each other: ${language}`, async ({ browser }) => {
    const says = await saying(language);
    const context = await signedIn(browser, "driver", { locale });
    const page = await context.newPage();
    const wrong = watched(page);
    let said = CARRIED;
    await page.route("**/v1/delivery/me", (route) => route.fulfill({ json: said }));
    await page.route("**/v1/delivery/jobs/**", (route) => route.abort());
    await page.goto("/driver");
    await expect(title(page, says("door"))).toBeVisible();
    const header = page.locator("header");
    const alone = (await header.boundingBox()).height;

    await press(page, says("door.arrived"));
    await press(page, says("hand.refuse"));
    await page.getByRole("radio", { name: says("refuse.nobody_there") }).check();
    await press(page, says("refuse.submit"));
    const back = title(page, says("back"));
    await expect(back).toBeVisible();
    await expect(header.getByRole("status")).toContainText(/2|שתי/);
    // Nothing that is just being pressed moves when an offer comes.
    const { y } = await back.boundingBox();
    said = { ...CARRIED, offer: OFFERED };
    const offer = header.getByRole("button", { name: says("offer") });
    await expect(offer).toBeVisible();
    expect((await back.boundingBox()).y).toBe(y);

    await offline(page, true);
    const cut = header.getByText(says("offline"));
    await expect(cut).toBeVisible();
    for (const width of [390, 360]) {
      await page.setViewportSize({ width, height: 844 });
      const { over, height, apart } = await header.evaluate((all) => {
        const boxes = [...all.firstElementChild.children].map((one) => one.getBoundingClientRect());
        const inOrder = boxes.toSorted((a, b) => a.left - b.left);
        return {
          over: document.documentElement.scrollWidth - window.innerWidth,
          height: all.getBoundingClientRect().height,
          apart: inOrder.every((box, at) => at === 0 || box.left >= inOrder[at - 1].right),
        };
      });
      expect({ over, height, apart }, `${width} pixels wide`).toEqual({ over: 0, height: alone, apart: true });
      for (const one of [cut, offer, header.getByRole("link")]) await expect(one).toBeInViewport({ ratio: 1 });
      const clipped = await header.evaluate((all) =>
        [...all.querySelectorAll("span, button, a")].filter((one) => one.scrollWidth > one.clientWidth + 1).length,
      );
      expect(clipped, `${width} pixels wide`).toBe(0);
    }
    await seen(page, `driver-crowded-${language}`);
    await offer.click();
    await expect(page.locator("#offer")).toBeFocused();
    await context.close();
    expect(wrong).toEqual([]);
  });
}

test("every step from right to left", async ({ browser }) => {
  test.setTimeout(240_000);
  const says = await saying("he");
  const work = await beforeWork();
  const context = await signedIn(browser, "driver", { locale: "he-IL" });
  const page = await context.newPage();
  const wrong = watched(page);
  await atStore(page, work.store);
  const step = async (key, name) => {
    await expect(title(page, says(key))).toBeVisible();
    await seen(page, `driver-rtl-${name}`);
  };
  const tap = (key) => press(page, says(key));
  await page.goto("/driver");
  await step("shift.ready", "begin");
  await tap("shift.begin");
  await step("wait", "wait");
  await packed(work, 2, 300);
  await offered(page, work.store, says("offer.decline"));
  await step("offer", "offer");
  await tap("offer.accept");
  await step("store", "store");
  await tap("store.taken");
  await step("door", "door");
  await tap("door.trouble");
  await step("refuse", "refuse-road");
  await tap("check.back");
  await tap("door.arrived");
  await step("check.sober", "sober");
  await tap("check.sober.yes");
  await step("check.document", "document");
  const date = async (name, ...parts) => {
    const group = page.getByRole("group", { name: says(name) });
    for (const [at, part] of ["day", "month", "year"].entries()) {
      await group.getByLabel(says(`check.${part}`)).fill(parts[at]);
    }
  };
  await date("check.born", "1", "4", "2010");
  await date("check.expires", "31", "12", "2098");
  await seen(page, "driver-rtl-document-young");
  await tap("check.next");
  await step("check.name", "theirs");
  await tap("check.name.yes");
  await step("check.refused", "refused");
  await tap("hand.refuse");
  await step("refuse", "refuse");
  await tap("check.back");
  await tap("check.sober.yes");
  await date("check.born", "1", "4", "1990");
  await date("check.expires", "31", "12", "2098");
  await tap("check.next");
  await tap("check.name.yes");
  await step("hand", "hand-over");
  await offline(page, true);
  await tap("hand.all");
  await step("handed", "handed");
  await offline(page, false);
  await expect(title(page, says("wait"))).toBeVisible();
  await tap("shift.end");
  await page.getByRole("link", { name: says("earnings") }).click();
  await step("earnings", "earnings");
  await context.close();
  expect(wrong).toEqual([]);
});

test("from right to left, and for whoever does not drive", async ({ browser }) => {
  const context = await browser.newContext({ baseURL: base, locale: "he-IL", viewport: { width: 390, height: 844 } });
  const page = await context.newPage();
  await page.goto("/driver");
  await page.getByLabel("כתובת דוא״ל").fill("customer@demo.tipple.test");
  await page.getByLabel("סיסמה").fill("tipple-demo-2026");
  await page.getByRole("main").getByRole("button", { name: "כניסה" }).click();
  await expect(page.getByRole("heading", { name: "הדף הזה מיועד לשליחים" })).toBeVisible();
  await seen(page, "driver-not-rtl", { instead: true });
  await context.close();
});
