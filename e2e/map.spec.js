// Maps in a real browser, against the demo at BASE.
import { expect } from "@playwright/test";
import { looked, watched } from "./looked.js";
import { atWork, call, handOver, isAt, packed, pickUp, signIn } from "./people.js";
import { phone, test } from "./windows.js";

test.use(phone);

const DOOR = { lat: 41.5873, lon: -93.624 };
const between = (from, share) => ({
  lat: from.lat + (DOOR.lat - from.lat) * share,
  lon: from.lon + (DOOR.lon - from.lon) * share,
});

test("the driver comes nearer on the order's map", async ({ customer: page }) => {
  test.setTimeout(180_000);
  const wrong = watched(page);
  const work = await atWork();
  const { order, state } = await packed(work);
  const job = await pickUp(work.driver, order);
  await isAt(between(work.store.place, 0.2));
  await page.goto(`/orders/${order}`);
  const map = page.getByRole("region", { name: "Map of the delivery" });
  await expect(map.getByText("Your door")).toBeVisible();
  await expect(map.getByText(work.store.name)).toBeVisible();
  await expect(map.locator("svg path[stroke-dasharray]")).toHaveCount(1);
  // When it comes, as the house reckons it at that moment, by the clock of the place.
  const clock = new Intl.DateTimeFormat("en-US", { timeStyle: "short", timeZone: work.store.time_zone });
  const plain = (text) => text.replace(/\s+/gu, " ");
  await expect(async () => {
    const { eta } = await call("GET", `/v1/delivery/orders/${order}`, await signIn("customer"));
    const span = clock.formatRange(new Date(eta.earliest), new Date(eta.latest));
    expect(plain(await page.getByText(/^At your door \d/).textContent())).toBe(plain(`At your door ${span}`));
  }).toPass();
  await looked(page, "map-order");

  // All of it in words, which change as the driver moves.
  await page.getByText("What the map shows").click();
  const driver = page.getByRole("listitem").filter({ hasText: /^Driver: / });
  await expect(driver).toContainText("from your door as the crow flies");
  const before = await driver.textContent();
  const pin = map.getByText((await driver.textContent()).match(/^Driver: ([^,]+),/)[1], { exact: true });
  const { x } = await pin.boundingBox();
  await isAt(between(work.store.place, 0.8));
  await call("POST", `/v1/delivery/jobs/${job}/arrive`, work.driver, {});
  await expect(driver).not.toHaveText(before);
  await expect.poll(async () => (await pin.boundingBox()).x).not.toBe(x);

  // Whoever takes hold of it moves it: by keys and buttons, and with WebGL by hand.
  await map.focus();
  const door = map.getByText("Your door");
  const { y } = await door.boundingBox();
  await page.keyboard.press("ArrowDown");
  await expect.poll(async () => Math.round(y - (await door.boundingBox()).y)).toBe(80);
  await map.getByRole("button", { name: "Show all" }).click();
  await expect.poll(async () => Math.round(y - (await door.boundingBox()).y)).toBe(0);
  await map.hover();
  await expect(map.locator("canvas").or(map.locator("svg path[stroke-dasharray]")).first()).toBeVisible();
  await looked(page, "map-order-held");
  await handOver(work.driver, job);
  await expect(page.getByRole("heading", { level: 1, name: "Delivered" })).toBeVisible();
  await expect(map).toHaveCount(0);
  expect(await state()).toBe("delivered");
  expect(wrong).toEqual([]);
});

test("a door is put on the map, by hand and by keys, and typed", async ({ customer: page }) => {
  const wrong = watched(page);
  await page.goto("/account");
  await page.getByRole("button", { name: "Add an address" }).click();
  const map = page.getByRole("region", { name: "Map to show where the door is" });
  const [lat, lon] = [page.getByLabel("Latitude"), page.getByLabel("Longitude")];
  await map.click({ position: { x: 120, y: 160 } });
  await expect(map.getByText("The door")).toBeVisible();
  const pressed = await lat.inputValue();
  expect(pressed).toMatch(/^\d+\.\d{5}$/);
  await map.focus();
  await page.keyboard.press("ArrowUp");
  await page.keyboard.press("Enter");
  await expect(lat).not.toHaveValue(pressed);
  await lat.fill(String(DOOR.lat));
  await lon.fill(String(DOOR.lon));
  await looked(page, "map-address");
  await page.getByLabel("What you call it").fill("By the river");
  await page.getByLabel("Who takes it").fill("Ann Lindqvist");
  await page.getByLabel("Street, number, city").fill("500 Locust St, Des Moines, IA 50309");
  await page.getByRole("button", { name: "Save the address" }).click();
  await page.getByRole("button", { name: "Remove By the river" }).click();
  await expect(page.getByRole("button", { name: "Remove By the river" })).toBeHidden();
  expect(wrong).toEqual([]);
});

test("where a store delivers is drawn, by hand and by numbers", async ({ operator: page }) => {
  test.setTimeout(180_000);
  const wrong = watched(page);
  await page.goto("/operator/zones");
  await expect(page.getByRole("heading", { level: 1, name: "Delivery zones" })).toBeVisible();
  const map = page.getByRole("region", { name: "Map of the delivery zone" });
  await expect(map.locator("svg path").nth(1)).toBeVisible();
  const shape = page.getByLabel("What it is like");
  const before = await page.getByLabel("How far, in meters").inputValue();
  await looked(page, "map-zone-circle");
  await shape.selectOption("An area with corners");
  const corners = page.getByRole("group", { name: "Corners" }).getByRole("listitem");
  await expect(corners).toHaveCount(8);
  await map.click({ position: { x: 90, y: 150 } });
  await expect(corners).toHaveCount(9);
  await page.getByRole("button", { name: "Remove corner 1", exact: true }).click();
  await expect(corners).toHaveCount(8);
  await page.getByLabel("Latitude of corner 2", { exact: true }).fill("41.6");
  await page.getByLabel("Latitude of corner 2", { exact: true }).press("Enter");
  await looked(page, "map-zone-corners");
  await page.getByRole("button", { name: "Save the zone" }).click();
  await expect(page.getByText("This is where it delivers now.")).toBeVisible();
  await page.reload();
  await expect(page.getByLabel("Latitude of corner 2", { exact: true })).toHaveValue("41.6");

  // As it was.
  const [lat, lon] = await storesPlace(page);
  await shape.selectOption("A circle around a place");
  for (const [name, value] of [["Latitude", lat], ["Longitude", lon], ["How far, in meters", before]]) {
    await page.getByLabel(name, { exact: true }).fill(String(value));
    await page.getByLabel(name, { exact: true }).press("Enter");
  }
  await page.getByRole("button", { name: "Save the zone" }).click();
  await expect(page.getByText("This is where it delivers now.")).toBeVisible();
  expect(wrong).toEqual([]);
});

async function storesPlace(page) {
  const store = await page.getByRole("combobox", { name: "Store" }).inputValue();
  const { place } = await call("GET", `/v1/catalogue/stores/${store}`);
  return [place.lat, place.lon];
}
