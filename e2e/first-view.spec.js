// What the shop's first view asks the house for, in a real browser, against the demo at BASE: next to nothing, for the
// house has written it.
import { expect } from "@playwright/test";
import { awake } from "./looked.js";
import { base, call } from "./people.js";
import { enter, phone, test } from "./windows.js";

const MOST = 2;
/** In the middle of the demo's town. */
const PLACE = JSON.stringify({ label: "500 Locust St", lat: 41.5873, lon: -93.624 });

const pages = {
  home: async () => "/",
  category: async () => {
    const { items } = await call("GET", "/v1/catalogue/products?limit=1&in_stock=true");
    return `/c/${items[0].category}`;
  },
  product: async () => {
    const { items } = await call("GET", "/v1/catalogue/products?limit=1&in_stock=true");
    return `/p/${items[0].product}`;
  },
  store: async () => {
    const { items } = await call("GET", "/v1/catalogue/stores?limit=1");
    return `/s/${items[0].store}`;
  },
};

/** Whoever they are, and whether this device knows where they want it. */
const visitors = [
  { who: "a stranger", kept: {} },
  { who: "a stranger with an address", kept: { "own:place": PLACE } },
  { who: "a customer", signedIn: true, kept: { "signed-in": "1" } },
  { who: "a customer with an address", signedIn: true, kept: { "signed-in": "1", "own:place": PLACE } },
];

for (const [name, address] of Object.entries(pages)) {
  for (const { who, signedIn, kept } of visitors) {
    test(`${name} for ${who}`, async ({ browser }) => {
      const localStorage = Object.entries(kept).map(([name, value]) => ({ name, value }));
      const storageState = { cookies: [], origins: [{ origin: base, localStorage }] };
      const context = await browser.newContext({ ...phone, storageState });
      if (signedIn) await enter(context, "customer");
      const page = await context.newPage();
      const asked = [];
      page.on("request", (request) => {
        const { pathname, search } = new URL(request.url());
        if (pathname.startsWith("/v1/")) asked.push(`${request.method()} ${pathname}${search}`);
      });
      await page.goto(await address());
      await awake(page);
      await page.waitForLoadState("networkidle");
      // What is told once there is nothing else to do counts too.
      const idle = () => new Promise((then) => requestIdleCallback(then, { timeout: 10_000 }));
      for (let times = 0; times < 3; times++) await page.evaluate(idle);
      await page.waitForLoadState("networkidle");
      await page.waitForTimeout(500);
      expect(asked.length, asked.join("\n")).toBeLessThanOrEqual(MOST);
      // Where an address is known the page did ask what comes there, but for the category's.
      if (kept["own:place"] && name !== "category") expect(asked.join("\n")).toContain("near=");
      await context.close();
    });
  }
}
