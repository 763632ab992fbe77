// Customers pay on the checkout page. Who starts this names a payment for each journey in JOURNEYS, and
// looks afterwards whether the money is there.
import { expect, test } from "@playwright/test";
import { looked, pictured } from "./looked.js";

const pages = JSON.parse(process.env.JOURNEYS ?? "{}");
test.use({ viewport: { width: 390, height: 844 }, reducedMotion: "reduce" });

// What the browser kept the page from doing, and what went wrong in its scripts.
async function watched(page) {
  const found = [];
  await page.exposeFunction("violated", (what) => found.push(what));
  await page.addInitScript(() => {
    document.addEventListener("securitypolicyviolation", (event) => {
      window.violated?.(`${event.violatedDirective} ${event.blockedURI}`);
    });
  });
  page.on("console", (message) => {
    if (message.text().includes("Content Security Policy")) found.push(message.text());
  });
  page.on("pageerror", (error) => found.push(String(error)));
  return found;
}

/** Of no page of the app: these have a list of their own, which is this file. */
const ALONE = { instead: true };

const payButton = (page) => page.getByRole("button", { name: /^Pay \$[\d.]+/ });
const declined = (page) => page.locator("#declined");

const providers = {
  stripe: {
    good: "4242 4242 4242 4242",
    poor: "4000 0000 0000 9995",
    asked: "4000 0027 6000 3184",
    async pay(page, card) {
      const fields = page.frameLocator('iframe[title="Secure payment input frame"]');
      await fields.getByLabel("Card number").fill(card);
      await payButton(page).click();
    },
    confirm: (page) => page.getByRole("button", { name: "It is me" }).click(),
  },
  razorpay: {
    good: "4111 1111 1111 1111",
    poor: "4000 0000 0000 9995",
    asked: "5267 3181 8797 5449",
    async pay(page, card) {
      await payButton(page).click();
      const fields = page.frameLocator('iframe[title="Razorpay Checkout"]');
      await fields.getByLabel("Card number").fill(card);
      await fields.getByRole("button", { name: "Pay now" }).click();
      if (card === this.poor) {
        await expect(fields.getByRole("status")).toContainText("insufficient");
        await fields.getByRole("button", { name: "Close" }).click();
      }
    },
    confirm: (page) =>
      page.frameLocator('iframe[title="Razorpay Checkout"]').getByRole("button", { name: "Yes" }).click(),
  },
  paypal: {
    good: "Agree and pay",
    poor: "Pay with a card that is declined",
    asked: "Confirm that it is you",
    async pay(page, agrees) {
      const opened = page.waitForEvent("popup");
      const fields = page.frameLocator('iframe[title="PayPal"]');
      await fields.getByRole("button", { name: "Pay with PayPal" }).click();
      await (await opened).getByRole("button", { name: agrees }).click();
    },
    confirm: async () => {},
  },
  card: {
    good: "4111 1111 1111 1111",
    poor: "4000 0000 0000 0002",
    asked: "4000 0000 0000 3220",
    async pay(page, card) {
      const fields = page.frameLocator('iframe[title="Card number"]');
      await fields.getByLabel("Card number").fill(card);
      await payButton(page).click();
    },
    confirm: (page) =>
      page
        .frameLocator('iframe[title="Your bank"]')
        .getByRole("button", { name: "Confirm that it is you" })
        .click(),
  },
};

/** Names stay as they are: the store's, the order's, makers', and what an operator calls a way to pay. */
const NAMES = ["Corner Cellar", "K7Q2-9F", "Card at PayPal", "PayPal", "UPI", "JavaScript"];

/** All that is read on a page, or read out; what a provider shows is in frames of its own. */
const read = (page) =>
  page.evaluate(() => {
    const attributes = ["aria-label", "placeholder", "title", "alt"].flatMap((one) =>
      [...document.querySelectorAll(`[${one}]`)].map((element) => element.getAttribute(one)),
    );
    return [document.title, document.body.innerText, ...attributes].join("\n");
  });

const waiting = ["stripe pays", "card pays", "razorpay pays"];
for (const journey of [...waiting, ...Object.keys(pages).filter((one) => one.startsWith("says "))]) {
  test(`from right to left nothing is left in English: ${journey}`, async ({ browser }) => {
    const context = await browser.newContext({ locale: "he-IL", viewport: { width: 390, height: 844 } });
    const page = await context.newPage();
    const found = await watched(page);
    await page.goto(pages[journey]);
    await expect(page.locator("html")).toHaveAttribute("dir", "rtl");
    await expect(page.locator("html")).toHaveAttribute("lang", "he");
    await expect(page.locator("#loading")).toHaveCount(0);
    const english = async () => {
      const frames = ["Secure payment input frame", "Card number", "Expires", "Security code"];
      const rest = [...NAMES, ...frames].reduce((left, name) => left.replaceAll(name, " "), await read(page));
      return rest.match(/[A-Za-z]{2,}/g) ?? [];
    };
    await expect.poll(english).toEqual([]);
    await looked(page, `${journey}-rtl`, ALONE);
    expect(found).toEqual([]);
    await context.close();
  });
}

for (const [name, provider] of Object.entries(providers)) {
  const opened = async (page, journey) => {
    const found = await watched(page);
    await page.goto(pages[`${name} ${journey}`]);
    // PayPal has a page of its own: ours is reached by choosing it there.
    if (name === "paypal") await page.getByRole("button", { name: "PayPal", exact: true }).click();
    return found;
  };

  test(`${name}: pays`, async ({ page }) => {
    const found = await opened(page, "pays");
    await expect(page.locator("#loading")).toHaveCount(0);
    await looked(page, `${name}-waiting`, ALONE);
    await provider.pay(page, provider.good);
    await expect(page).toHaveTitle(/^Paid/);
    await looked(page, `${name}-paid`, ALONE);
    expect(found).toEqual([]);
  });

  test(`${name}: is declined and pays with another`, async ({ page }) => {
    const found = await opened(page, "declined");
    await provider.pay(page, provider.poor);
    await expect(declined(page)).toContainText("Not paid yet.");
    await looked(page, `${name}-declined`, ALONE);
    await provider.pay(page, provider.good);
    await expect(page).toHaveTitle(/^Paid/);
    expect(found).toEqual([]);
  });

  test(`${name}: proves who they are and pays`, async ({ page }) => {
    const found = await opened(page, "asked");
    await provider.pay(page, provider.asked);
    await provider.confirm(page);
    await expect(page).toHaveTitle(/^Paid/);
    expect(found).toEqual([]);
  });
}

const says = {
  cancelled: "This payment was cancelled",
  unreachable: "does not answer at present",
  late: "The time to pay is over",
  authorising: "Your bank is being asked",
  gone: "This way to pay is not offered any more",
  keeps: "What you pay with is kept",
  redirect: "You pay on the page of the payment provider",
  missing: "There is no such payment",
};

for (const [state, text] of Object.entries(says)) {
  test(`the page says: ${state}`, async ({ page }) => {
    const found = await watched(page);
    await page.goto(pages[`says ${state}`]);
    await expect(page.getByText(text)).toBeVisible();
    await looked(page, state, ALONE);
    expect(found).toEqual([]);
  });
}

test("without JavaScript the page says what works without", async ({ browser }) => {
  const context = await browser.newContext({ javaScriptEnabled: false });
  const page = await context.newPage();
  await page.goto(pages["says nothing typed"]);
  await expect(page.getByText("Paying here needs JavaScript.")).toBeVisible();
  for (const colorScheme of ["light", "dark"]) {
    await page.emulateMedia({ colorScheme });
    await pictured(page, `without-javascript-${colorScheme}`);
  }
  await page.getByRole("button", { name: "Test card" }).first().click();
  await expect(page.getByRole("link", { name: /^Go on and pay/ })).toBeVisible();
  await context.close();
});
