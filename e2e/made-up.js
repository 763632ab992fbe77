// A house that is made up from its own description, for looking at every page with more in it than the demo has.
import { readFileSync } from "node:fs";
import description from "../openapi/tipple.json" with { type: "json" };
import { House } from "../web/tests/house.ts";
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

/** The browser of somebody who may see all pages; what they ask for has names of so many letters. */
export async function madeUp(browser, { letters, ...how }) {
  const origins = [{ origin: base, localStorage: [{ name: "signed-in", value: "1" }] }];
  const context = await browser.newContext({
    ...phone,
    serviceWorkers: "block",
    storageState: { cookies: [], origins },
    ...how,
  });
  const house = new House({ length: 3, all: true, letters });
  const roles = [
    { role: "customer" },
    { role: "manager", stores: [ONE] },
    { role: "driver" },
    { role: "operator" },
  ];
  const me = { ...house.answer("/v1/accounts/me"), person: ONE, given_name: "Ann", roles };
  // A token that the browser can read; nobody else is asked to.
  const access_token = await signIn("operator");
  await context.route("**/v1/**", (route) => {
    const { pathname, search } = new URL(route.request().url());
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
