// After all journeys: whether there is a page that none of them has looked at.
import { readFileSync } from "node:fs";
import { expect, test } from "@playwright/test";
import { addresses } from "./looked.js";

/** The app's own, which its tests compare with its routes. */
const APP = JSON.parse(readFileSync(new URL("pages.json", import.meta.url)));
/** What the house shows without it; the checkout page has journeys of its own, in pay.spec.js. */
const PAGES = [...APP, "/sandbox/pay/$payment", "/sandbox/3ds/$payment"];

const parts = (path) => path.split("$").length;
// What has an address of its own is meant before what any name may stand for.
const ways = PAGES.toSorted((a, b) => parts(a) - parts(b)).map((path) => {
  const pattern = path.replace(/\$\w+/g, "[^/]+").replace("$", ".+");
  return { path, pattern: new RegExp(`^${pattern}$`) };
});

test("every page has been looked at", () => {
  const seen = new Set(addresses().map((address) => ways.find(({ pattern }) => pattern.test(address))?.path));
  expect(PAGES.filter((path) => !seen.has(path))).toEqual([]);
});
