// Windows of the demo's people, who have signed in once for all journeys.
import { test as every } from "@playwright/test";
import { base, password, patiently } from "./people.js";

export const phone = { baseURL: base, viewport: { width: 390, height: 844 }, reducedMotion: "reduce" };
const people = ["customer", "clerk", "driver", "operator"];

/** One of the demo's people signs in, as far as cookies tell. */
export function enter(context, name) {
  return patiently(() => entered(context, name));
}

async function entered(context, name) {
  const answer = await context.request.post("/v1/accounts/sign-in", {
    headers: { "x-session": "cookie" },
    data: { email: `${name}@demo.tipple.test`, password },
  });
  if (!answer.ok()) throw new Error(`${name} cannot sign in: ${await answer.text()}`);
}

/** A browser of one's own, whose pages know that somebody has signed in. */
export async function signedIn(browser, name, how = {}) {
  const origins = [{ origin: base, localStorage: [{ name: "signed-in", value: "1" }] }];
  const context = await browser.newContext({ ...phone, storageState: { cookies: [], origins }, ...how });
  await enter(context, name);
  return context;
}

const windows = people.map((name) => [
  name,
  async ({ rooms }, use) => {
    const context = await rooms(name);
    const page = await context.newPage();
    await use(page);
    await context.setOffline(false);
    await page.close();
  },
]);

/** A test to which each of them is a page, and `page` is one of somebody unknown. */
export const test = every.extend({
  rooms: [
    async ({ browser }, use) => {
      const rooms = new Map();
      await use(async (name) => {
        if (!rooms.has(name)) rooms.set(name, await signedIn(browser, name));
        return rooms.get(name);
      });
      for (const room of rooms.values()) await room.close();
    },
    { scope: "worker" },
  ],
  ...Object.fromEntries(windows),
});
