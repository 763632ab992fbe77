// Lists of a house that has had 5,000 orders, in a real browser, against the demo at BASE.
import { expect } from "@playwright/test";
import { watched, widerThanWindow } from "./looked.js";
import { call, order, pickUp, atWork, handOver, signIn, theStore } from "./people.js";
import { manyOrders } from "./rows.js";
import { phone, test } from "./windows.js";

test.use(phone);

const MANY = 5_000;
/** So many of them are being packed, all at the clerk's store. */
const OPEN = 1_000;
/** Milliseconds of work in the page's own process until its first page is there. */
const WORK = 2_000;
/** So many elements a page has at most, when it has gone on once: two readings of forty orders with all their lines. */
const ELEMENTS = 5_000;

/** An order of the demo's customer that has changed hands at the clerk's store. */
async function delivered() {
  const [customer, operator] = await Promise.all([signIn("customer"), signIn("operator")]);
  const { store } = await theStore(await signIn("clerk"));
  const list = await call("GET", `/v1/orders/all?store=${store}&state=delivered&limit=100`, operator);
  const mine = new Set((await call("GET", "/v1/orders/orders?limit=100", customer)).items.map((one) => one.order));
  return list.items.find((one) => mine.has(one.order))?.order ?? brought(store);
}

async function brought(store) {
  const { clerk, driver } = await atWork();
  const made = await order(store);
  await expect.poll(async () => (await made.seen()).state).toBe("paid");
  await call("POST", `/v1/orders/orders/${made.order}/accept`, clerk, {});
  await call("POST", `/v1/orders/orders/${made.order}/pack`, clerk, {});
  const job = await pickUp(driver, made.order);
  await call("POST", `/v1/delivery/jobs/${job}/arrive`, driver, {});
  await handOver(driver, job);
  await expect.poll(async () => (await made.seen()).state).toBe("delivered");
  return made.order;
}

/** Milliseconds of work that a page has had in its own process. */
async function worked(page) {
  const devtools = await page.context().newCDPSession(page);
  await devtools.send("Performance.enable", { timeDomain: "threadTicks" });
  return async () => {
    const { metrics } = await devtools.send("Performance.getMetrics");
    return Math.round(1000 * metrics.find(({ name }) => name === "TaskDuration").value);
  };
}

test("lists of 5,000 orders show their first page, and go on", async ({ customer, clerk, operator }) => {
  test.setTimeout(120_000);
  const gone = await manyOrders({ like: await delivered(), many: MANY, open: OPEN });
  try {
    for (const [page, address, row] of [
      [customer, "/orders", "main a[href^='/orders/']"],
      [clerk, "/vendor/orders", "main section li article, main section > ul > li"],
      [operator, "/operator/orders", "main a[href^='/operator/orders/']"],
      [operator, "/operator/live", "main section li"],
      [operator, "/operator/analytics/sales", "main table tr, main svg"],
    ]) {
      const wrong = watched(page);
      await page.goto("about:blank");
      const work = await worked(page);
      await page.goto(address);
      const rows = page.locator(row);
      await expect(rows.first(), address).toBeVisible();
      await expect(page.locator("main :is(.animate-pulse, [aria-busy=true])"), address).toHaveCount(0);
      expect.soft(await work(), `${address} is at work, in milliseconds`).toBeLessThan(WORK);
      const elements = () => page.evaluate(() => document.querySelectorAll("*").length);
      const before = await rows.count();
      console.log(`${address}: ${before} rows, ${await elements()} elements, ${await work()} ms of work`);
      const more = page.getByRole("main").getByRole("button", { name: "Show more" }).first();
      if (!address.includes("analytics")) {
        await more.click();
        await expect.poll(() => rows.count(), address).toBeGreaterThan(before);
      }
      expect.soft(await elements(), `${address} has so many elements`).toBeLessThan(ELEMENTS);
      expect.soft(await widerThanWindow(page), address).toBeLessThanOrEqual(0);
      expect.soft(wrong, address).toEqual([]);
    }
  } finally {
    await gone();
  }
});
