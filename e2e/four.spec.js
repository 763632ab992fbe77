// A bottle, and all four who have to do with it, each in a window of their own, against the demo at BASE.
import { expect } from "@playwright/test";
import { atStore, document, endShift, ofAge, offered, press, title } from "./door.js";
import { looked, signInAs, watched } from "./looked.js";
import { base, beforeWork } from "./people.js";
import { phone, test } from "./windows.js";

test.use(phone);

const DOOR = { latitude: 41.5873, longitude: -93.624 };

test("a bottle, from the address to the door: four people, four windows", async ({
  page,
  clerk,
  driver,
  operator,
}) => {
  test.setTimeout(300_000);
  const { store } = await beforeWork();
  const all = [page, clerk, driver, operator];
  const wrong = all.map(watched);
  await page.context().grantPermissions(["geolocation"], { origin: base });
  await page.context().setGeolocation(DOOR);
  await atStore(driver, store);
  await Promise.all([
    page.goto("/"),
    clerk.goto("/vendor/orders"),
    driver.goto("/driver"),
    operator.goto("/operator/live"),
  ]);
  await press(driver, "Begin the shift");

  // Where to, what, and who.
  await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
  await looked(page, "home");
  await page.getByRole("navigation").getByRole("link", { name: "Stores" }).click();
  await expect(page.getByRole("heading", { level: 1, name: "Stores", exact: true })).toBeVisible();
  await press(page, "Where to?");
  await expect(page.getByRole("dialog")).toBeVisible();
  await looked(page, "place");
  await press(page, "Where I am now");
  await expect(title(page, "Stores that deliver to you")).toBeVisible();
  await page.getByRole("article").getByRole("link", { name: store.name }).click();
  await expect(title(page, store.name)).toBeVisible();
  await looked(page, "store");
  await page.getByRole("article").getByRole("link").first().click();
  await expect(page.getByRole("heading", { name: "Facts" })).toBeVisible();
  await looked(page, "product");
  const name = await page.getByRole("heading", { level: 1 }).textContent();
  const offer = page.getByRole("listitem").filter({ hasText: store.name });
  await offer.getByRole("button", { name: "Add to basket" }).click();
  await ofAge(page);
  await page.getByRole("link", { name: "To the basket" }).click();
  await expect(page.getByText("Sign in to see what it costs")).toBeVisible();
  await looked(page, "basket-unknown");
  await page.getByRole("main").getByRole("link", { name: "Sign in" }).click();
  await expect(page.getByLabel("Password")).toBeVisible();
  await looked(page, "sign-in");
  await signInAs(page, "customer");

  // What was wanted before came along.
  await expect(page).toHaveURL(/\/basket$/);
  const cart = page.getByRole("region", { name: store.name });
  await expect(cart.getByRole("link", { name })).toBeVisible();
  await cart.getByLabel(`If ${name} is missing`).selectOption("best_match");
  await looked(page, "basket");
  await cart.getByRole("link", { name: "Go to checkout" }).click();
  await page.getByRole("radio", { name: /Home/ }).check();
  await expect(page.getByText("The store may replace it")).toBeVisible();
  await looked(page, "checkout");
  await press(page, /^Order and pay/);

  // The bank asks whether it is them.
  await page.getByLabel("Card number").fill("4000 0000 0000 3220");
  await looked(page, "pay");
  await press(page, /^Pay/);
  await expect(title(page, "Is it you?")).toBeVisible();
  await looked(page, "pay-bank");
  await press(page, "Confirm");
  await expect(page).toHaveURL(/\/orders\//);
  await expect(title(page, "Waits for the store")).toBeVisible();
  // From here on everything comes by itself: no window is loaded again.
  for (const one of all) await one.evaluate(() => Object.assign(window, { stayed: true }));
  await looked(page, "order-paid");
  const number = (await page.getByText(/^Order .* from /).textContent()).match(/Order (\S+) from/)[1];

  const card = clerk.getByRole("article", { name: `Order ${number}` });
  await expect(card).toContainText("left");
  const waiting = operator.getByRole("region", { name: "Wait for the store" });
  await waiting.getByRole("link", { name: number }).click();
  await expect(title(operator, `Order ${number}`)).toBeVisible();
  const law = operator.getByRole("region", { name: "What the law said" });
  await expect(law).toContainText("When it was ordered: allowed");
  await looked(operator, "operator-order");

  await card.getByRole("button", { name: "Accept" }).click();
  await expect(title(page, "The store is packing it")).toBeVisible();
  // The customer's page may hear of it before the store's.
  await expect(card.getByRole("checkbox").first()).toBeVisible();
  for (const box of await card.getByRole("checkbox").all()) await box.check();
  await card.getByRole("button", { name: "All in the bag" }).click();
  await expect(title(page, "Packed")).toBeVisible();

  await offered(driver, store);
  await expect(operator.getByText("Packed, waits for the driver")).toBeVisible();
  await looked(driver, "driver-offer");
  await press(driver, "Take it");
  await press(driver, "I have all of it");
  await expect(title(page, "On its way")).toBeVisible();
  await expect(card).toHaveCount(0);
  await press(driver, "I am at the door");
  await expect(page.getByText("is at your door")).toBeVisible();
  await expect(page.getByText("Have your ID ready.", { exact: true })).toBeVisible();
  await looked(page, "order-on-its-way");
  await document(driver, "1990");
  await expect(driver.getByText("It may be handed over until")).toBeVisible();
  await press(driver, "Hand over all of it");

  await expect(title(page, "Delivered")).toBeVisible();
  await expect(page.getByRole("button", { name: /^Invoice/ })).toBeVisible();
  await looked(page, "order-delivered");
  await expect(operator.getByRole("region", { name: "What happened" })).toContainText("Handed over");
  for (const one of all) expect(await one.evaluate(() => window.stayed)).toBe(true);
  await endShift(driver);

  // One bottle was broken: asked for, looked at, given back.
  await press(page, "Ask for money back");
  await page.getByLabel("What is wrong").selectOption("damaged");
  await page.getByLabel("What happened").fill("The neck was broken off.");
  await looked(page, "order-complaint");
  await press(page, "Send it");
  await expect(page.getByText("Somebody looks at it", { exact: true })).toBeVisible();
  await operator.getByRole("main").getByRole("link", { name: "Complaints" }).click();
  const asked = operator.getByRole("listitem").filter({ hasText: number });
  await expect(asked).toContainText("The neck was broken off.");
  await asked.getByRole("button", { name: "Give money back" }).click();
  await asked.getByLabel("A sentence for the customer").fill("We are sorry for that.");
  await looked(operator, "operator-complaint");
  await asked.getByRole("button", { name: "Give money back" }).click();
  const wrongWithIt = page.getByRole("region", { name: "Is something wrong with it?" });
  await expect(wrongWithIt).toContainText("went back to you.", { timeout: 45_000 });
  await expect(wrongWithIt).toContainText("We are sorry for that.");
  await clerk.getByRole("link", { name: "Complaints" }).click();
  const read = clerk.getByRole("listitem").filter({ hasText: number });
  await expect(read).toContainText("The neck was broken off.");
  await expect(read).toContainText("We are sorry for that.");
  await looked(clerk, "vendor-complaints");
  const told = page.getByRole("region", { name: "What we told you" });
  await told.getByText("Money went back to you").click({ timeout: 90_000 });
  await looked(page, "order-given-back");

  // What is kept for the customer; and out in all of it once signed out.
  const order = new URL(page.url()).pathname;
  await page.getByRole("navigation").getByRole("link", { name: "Account" }).click();
  await expect(page.getByText("customer@demo.tipple.test")).toBeVisible();
  await expect(page.getByText("Here", { exact: true })).toBeVisible();
  await looked(page, "account");
  await page.getByRole("main").getByRole("link", { name: "Orders" }).click();
  await expect(page.getByText("Delivered").first()).toBeVisible();
  await looked(page, "orders");
  await page.goBack();
  await expect(page.getByRole("heading", { name: "Favourites" })).toBeVisible();
  await page.reload();
  await press(page, "Sign out");
  await expect(page.getByRole("navigation").getByRole("link", { name: "Sign in" })).toBeVisible();
  await page.goto(order);
  await expect(page).toHaveURL(/\/sign-in/);
  expect(wrong.flat()).toEqual([]);
});
