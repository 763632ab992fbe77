// A house that is made up from its own description, for looking at every page with more in it than the demo has.
import { readFileSync } from "node:fs";
import { expect } from "@playwright/test";
import description from "../openapi/tipple.json" with { type: "json" };
import { House } from "../web/tests/house.ts";
import { awake } from "./looked.js";
import { base, signIn } from "./people.js";
import { phone } from "./windows.js";

/** What stands for anything in particular in an address. */
export const ONE = "01a21c5a-2673-7207-a3ac-bcd75d15f9dc";
const NAMES = { $code: "US-IA", $: "wine/red" };
/** All pages of the app, each of something in particular. */
export const PAGES = JSON.parse(readFileSync(new URL("pages.json", import.meta.url))).map((page) => ({
  page,
  address: page.replace(/\$\w*/g, (name) => NAMES[name] ?? ONE),
}));

const OPERATIONS = Object.values(description.paths).flatMap((path) =>
  Object.values(path).map(({ operationId }) => operationId),
);

/**
 * The browser of somebody who may see all pages; what they ask for has names of so many letters, and its lists are so
 * long. Before it is answered `first` is heard: what that says is the answer, or "abort" that there is none.
 */
export async function madeUp(browser, { letters = 8, length = 3, first = () => undefined, ...how }) {
  const origins = [{ origin: base, localStorage: [{ name: "signed-in", value: "1" }] }];
  const context = await browser.newContext({
    ...phone,
    serviceWorkers: "block",
    storageState: { cookies: [], origins },
    ...how,
  });
  const house = new House({ length, all: true, letters });
  const roles = [
    { role: "customer" },
    { role: "manager", stores: [ONE] },
    { role: "driver" },
    { role: "operator" },
  ];
  const me = { ...house.answer("/v1/accounts/me"), person: ONE, given_name: "Ann", roles };
  // A token that the browser can read; nobody else is asked to.
  const access_token = await signIn("operator");
  await context.route("**/v1/**", async (route) => {
    const { pathname, search } = new URL(route.request().url());
    const instead = await first(route.request(), house);
    if (instead === "abort") return route.abort("connectionrefused");
    if (instead) return route.fulfill(instead);
    if (pathname.endsWith("/events")) return route.fulfill({ contentType: "text/event-stream", body: "" });
    if (pathname === "/v1/accounts/sessions/refresh") {
      return route.fulfill({ json: { ...me, access_token, session: ONE, must_enrol: false } });
    }
    if (pathname === "/v1/accounts/me") return route.fulfill({ json: me });
    if (/^\/v1\/gateway\/(stores\/[^/]+\/)?may$/.test(pathname)) return route.fulfill({ json: { may: OPERATIONS } });
    const answer = house.answer(pathname + search);
    if (answer === undefined) return route.fulfill({ status: 204 });
    return route.fulfill({ json: fitting(pathname, answer) });
  });
  return context;
}

/** What is made up does not know of each other: a driver has something in the bag, and a store that is asked for is there. */
function fitting(pathname, answer) {
  if (pathname === "/v1/delivery/me") {
    return { ...answer, step: "go_to_store", job: { ...answer.job, state: "assigned" } };
  }
  if (pathname === `/v1/catalogue/stores/${ONE}`) return { ...answer, store: ONE };
  return answer;
}

// What the house writes itself it writes of what it has, so those pages are come to from another one.
const STARTS = {
  operator: ["/operator/live", "/operator/ways"],
  vendor: ["/vendor/orders", "/vendor/hours"],
  driver: ["/driver", "/driver/earnings"],
  invitation: ["/invitation"],
};
const startOf = (address) => STARTS[address.split("/")[1]] ?? ["/help", "/offline"];

/** The app has come, and leads from a page to another. */
async function begun(page, address) {
  const [first, other] = startOf(address);
  await page.goto(first);
  await awake(page);
  // What it took over from the house is whole before it leads anywhere.
  await page.evaluate(() => new Promise((then) => requestIdleCallback(then, { timeout: 5_000 })));
  const heading = page.getByRole("heading", { level: 1 });
  const before = await heading.textContent();
  if (!other) return;
  await expect(async () => {
    await page.evaluate((to) => history.pushState({}, "", to), other);
    await expect(heading).not.toHaveText(before, { timeout: 2_000 });
  }).toPass();
}

/** Somebody is on a page of that kind. */
export async function from(page, address) {
  const at = page.url() === "about:blank" ? undefined : new URL(page.url()).pathname;
  if (!at || startOf(at)[0] !== startOf(address)[0]) await begun(page, address);
}

/** Somebody who is on one of the app's pages sets out for another. */
export async function goneTo(page, address) {
  await from(page, address);
  await page.evaluate(([to, title]) => {
    document.title = title;
    history.pushState({}, "", to);
  }, [address, COMING]);
}

const COMING = "on the way";

/** Whoever has set out for a page is there: one that has come says what it is called. */
export async function arrived(page) {
  await page.waitForFunction((title) => !document.title.includes(title), COMING);
  await expect(page.getByRole("heading", { level: 1 }).first()).toBeVisible();
  await expect(page.locator("main :is(.animate-pulse, [aria-busy=true])")).toHaveCount(0);
}

/** All pages in so many shares, each of what stands next to each other: what is around them comes once. */
export function shares(many) {
  const start = ({ address }) => address.split("/")[1];
  const all = PAGES.toSorted((a, b) => start(a).localeCompare(start(b)));
  const most = Math.ceil(all.length / many);
  return Array.from({ length: many }, (_, at) => all.slice(at * most, (at + 1) * most));
}
