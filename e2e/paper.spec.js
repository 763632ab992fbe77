// What is printed, in a real browser, against the demo at BASE.
import { expect } from "@playwright/test";
import { widerThanWindow } from "./looked.js";
import { madeUp, ONE } from "./made-up.js";
import { atWork, call, drive, handOver, packed, signIn, until } from "./people.js";
import { test } from "./windows.js";

/** Pixels of a millimetre on paper. */
const MM = 96 / 25.4;
/** The margin that the style sets on each side, in millimetres. */
const MARGIN = 8;

/** A page as it is laid out on paper so many millimetres wide. */
async function onPaper(page, wide) {
  await page.emulateMedia({ media: "print", colorScheme: "dark" });
  await page.setViewportSize({ width: Math.floor(wide * MM), height: 1_100 });
}

/** What is on the screen and not on paper. */
const pressed = (page) =>
  page.locator("button, input, nav, [role=navigation]").evaluateAll((all) =>
    all.filter((one) => one.checkVisibility()).map((one) => one.outerHTML.slice(0, 100)),
  );

for (const [language, locale] of [["en", "en-US"], ["he", "he-IL"]]) {
  test(`a slip fits a roll of 80 mm, whatever is called how: ${language}`, async ({ browser }) => {
    const context = await madeUp(browser, { letters: 200, locale });
    const page = await context.newPage();
    await page.goto(`/vendor/orders/${ONE}/slip`);
    const slip = page.getByRole("article");
    await expect(slip).toContainText(/(Long){40}/);
    for (const wide of [80, 80 - 2 * MARGIN]) {
      await onPaper(page, wide);
      expect(await widerThanWindow(page), `${wide} mm`).toBeLessThanOrEqual(0);
      const { width } = await slip.boundingBox();
      expect(width).toBeLessThanOrEqual(wide * MM);
      // No letter is cut off.
      const cut = await slip.evaluate((all) =>
        [...all.querySelectorAll("*")].filter((one) => one.scrollWidth > one.clientWidth + 1 && one.clientWidth > 0).length,
      );
      expect(cut, `${wide} mm`).toBe(0);
    }
    expect(await pressed(page)).toEqual([]);
    // Ink is dark, and paper white, whatever the screen was.
    const [ink, paper] = await page.evaluate(() => {
      const { color } = getComputedStyle(document.querySelector("article"));
      return [color, getComputedStyle(document.body).backgroundColor];
    });
    const canvas = await page.evaluate(([one]) => {
      const context = document.createElement("canvas").getContext("2d");
      context.fillStyle = one;
      context.fillRect(0, 0, 1, 1);
      return [...context.getImageData(0, 0, 1, 1).data];
    }, [ink]);
    expect(Math.max(...canvas.slice(0, 3))).toBeLessThan(100);
    expect(paper).toBe("rgba(0, 0, 0, 0)");
    await context.close();
  });
}

test("an order and a statement fit a sheet of A4", async ({ browser }) => {
  const context = await madeUp(browser, { letters: 200 });
  const page = await context.newPage();
  for (const address of [`/orders/${ONE}`, `/operator/orders/${ONE}`, "/vendor/payouts", "/operator/books/statements"]) {
    await page.emulateMedia({ media: "screen" });
    await page.goto(address);
    await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
    await expect(page.locator("main :is(.animate-pulse, [aria-busy=true])")).toHaveCount(0);
    await onPaper(page, 210 - 2 * MARGIN);
    expect.soft(await widerThanWindow(page), address).toBeLessThanOrEqual(0);
  }
  await context.close();
});

test("an invoice is a sheet of A4", async () => {
  const work = await atWork();
  const { order } = await packed(work);
  await handOver(work.driver, await drive(work.driver, order));
  await call("DELETE", "/v1/delivery/shift", work.driver);
  const customer = await signIn("customer");
  const invoice = await until("there is an invoice", async () => {
    const { documents } = await call("GET", `/v1/payments/orders/${order}/documents`, customer);
    return documents.find(({ kind, readable }) => kind === "invoice" && readable);
  });
  const answer = await fetch(`${process.env.BASE ?? "http://127.0.0.1:8080"}/v1/payments/documents/${invoice.document}/pdf`, {
    headers: { authorization: `Bearer ${customer}` },
  });
  expect(answer.headers.get("content-type")).toBe("application/pdf");
  const text = Buffer.from(await answer.arrayBuffer()).toString("latin1");
  const sheets = [...text.matchAll(/\/MediaBox\s*\[\s*([\d.\s]+?)\s*\]/g)].map(([, box]) => box.split(/\s+/).map(Number));
  expect(sheets.length).toBeGreaterThan(0);
  for (const [left, top, width, height] of sheets) {
    expect([left, top]).toEqual([0, 0]);
    expect(Math.abs(width - 210 * (72 / 25.4))).toBeLessThan(1);
    expect(Math.abs(height - 297 * (72 / 25.4))).toBeLessThan(1);
  }
});
