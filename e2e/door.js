// What people press.
import { expect } from "@playwright/test";
import { base } from "./people.js";

export const title = (page, name) => page.getByRole("heading", { level: 1, name });
export const press = (page, name) => page.getByRole("button", { name }).click();

/** A driver's phone is at the store, and says so. */
export async function atStore(page, { place }) {
  await page.context().grantPermissions(["geolocation"], { origin: base });
  await page.context().setGeolocation({ latitude: place.lat, longitude: place.lon });
}

/** Something to fetch at that store; what others want brought is left to others. */
export async function offered(page, store, decline = "Leave it to another") {
  const offer = page.locator("#offer");
  for (;;) {
    await offer.waitFor();
    if ((await offer.textContent()).includes(store.name)) return;
    await press(page, decline);
    await offer.waitFor({ state: "hidden" });
  }
}

/** Somebody sober shows a document that they were born in that year by. */
export async function shows(page, year) {
  await press(page, "Yes, sober");
  const date = async (name, day, month, of) => {
    const group = page.getByRole("group", { name });
    await group.getByLabel("Day").fill(day);
    await group.getByLabel("Month").fill(month);
    await group.getByLabel("Year").fill(of);
  };
  await date("Date of birth on it", "1", "4", year);
  await date("Valid until", "31", "12", "2098");
}

/** The same, and it is theirs. */
export async function document(page, year) {
  await shows(page, year);
  await press(page, "Go on");
  await press(page, "Yes, both");
}

export async function endShift(page) {
  await press(page, "End the shift");
  await title(page, "Ready to drive?").waitFor();
}

/** Somebody says that they are of age, where the shop asks: once on each device. */
export async function ofAge(page) {
  if (await page.evaluate(() => localStorage.getItem("of-age"))) return;
  const yes = page.getByRole("dialog").getByRole("button", { name: /21/ });
  await expect(yes).toBeFocused();
  await page.keyboard.press("Enter");
}
