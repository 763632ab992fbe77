// All pages with names that have no place to break, in a real browser: what they show is made up.
import { expect, test } from "@playwright/test";
import { widerThanWindow } from "./looked.js";
import { arrived, goneTo, madeUp, shares } from "./made-up.js";

/** So many windows at once: one waits while another is drawn. */
const WINDOWS = 3;
/** Pages that show nothing which somebody has named: forms, figures, codes and addresses for mail; and those on which what
 * is made up does not find each other (an ordered basket, vendors). */
const NAMELESS = [
  "/checkout/$cart",
  "/confirm-email",
  "/confirm-phone",
  "/forgotten",
  "/help",
  "/invitation",
  "/offline",
  "/operator/audit",
  "/operator/books",
  "/operator/books/entries",
  "/operator/books/payouts",
  "/operator/books/settlements",
  "/operator/coupons",
  "/operator/invitations",
  "/operator/vendors/$vendor",
  "/reset-password",
  "/sign-in",
  "/sign-up",
  "/signed-in",
  "/vendor/analytics/funnel",
  "/vendor/analytics/sales",
  "/vendor/products/import",
];
const LONG = /(Long){40}/;

for (const [language, locale] of [["en", "en-US"], ["he", "he-IL"]]) {
  test(`all pages with names of 300 letters: ${language}`, async ({ browser }) => {
    test.setTimeout(240_000);
    await Promise.all(
      shares(WINDOWS).map(async (pages) => {
        const context = await madeUp(browser, { letters: 300, locale });
        const page = await context.newPage();
        for (const { page: name, address } of pages) {
          await goneTo(page, address);
          await arrived(page);
          const main = page.getByRole("main");
          if (!NAMELESS.includes(name))
            await expect.soft(main, name).toContainText(LONG, { timeout: 10_000 });
          for (const width of [390, 1440]) {
            await page.setViewportSize({ width, height: 844 });
            expect.soft(await widerThanWindow(page), `${name}, ${width} pixels wide`).toBeLessThanOrEqual(0);
          }
        }
        await context.close();
      }),
    );
  });
}
