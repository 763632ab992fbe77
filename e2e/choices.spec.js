// What customers choose and think better of, in a real browser, against the demo at BASE.
import { expect } from "@playwright/test";
import { press, title } from "./door.js";
import { awake, looked, watched } from "./looked.js";
import { call, filled, shelf, signIn, theStore, until } from "./people.js";
import { phone, test } from "./windows.js";

test.use(phone);

test("a drink is marked, and the mark is taken away", async ({ customer: page }) => {
  const wrong = watched(page);
  const store = await theStore(await signIn("clerk"));
  const { product, name } = (await shelf(store.store, 3))[2];
  await call("DELETE", `/v1/accounts/me/favourites/${product}`, await signIn("customer")).catch(() => {});
  await page.goto(`/p/${product}`);
  const mark = page.getByRole("button", { name: "Favourite" });
  const favourites = page.getByRole("heading", { name: "Favourites" }).locator("xpath=..");
  // Asked for once somebody looks around.
  await awake(page);
  await page.mouse.move(200, 300);
  await expect(mark).toHaveAttribute("aria-pressed", "false");
  await expect(mark).toBeEnabled();
  await mark.click();
  await expect(mark).toHaveAttribute("aria-pressed", "true");
  // It is so after the page came anew, and elsewhere.
  const kept = async (yes) => {
    const { items } = await call("GET", "/v1/accounts/me/favourites?limit=100", await signIn("customer"));
    return items.some((one) => one.product === product) === yes;
  };
  await until("the house knows", () => kept(true));
  await page.reload();
  await awake(page);
  await page.mouse.move(200, 300);
  await expect(mark).toHaveAttribute("aria-pressed", "true");
  await looked(page, "product-marked");
  await page.goto("/account");
  await favourites.getByRole("link", { name }).click();
  await expect(title(page, name)).toBeVisible();
  await expect(mark).toHaveAttribute("aria-pressed", "true");
  await mark.click();
  await expect(mark).toHaveAttribute("aria-pressed", "false");
  await until("the house has forgotten", () => kept(false));
  await page.goto("/account");
  await expect(page.getByRole("heading", { name: "Favourites" })).toBeVisible();
  await expect(favourites.locator(".animate-pulse")).toHaveCount(0);
  await expect(favourites.getByRole("link", { name })).toHaveCount(0);
  expect(wrong).toEqual([]);
});

test("a coupon and a tip, put in and taken out", async ({ customer: page }) => {
  test.setTimeout(120_000);
  const wrong = watched(page);
  const [clerk, customer, operator] = await Promise.all(["clerk", "customer", "operator"].map(signIn));
  const store = await theStore(clerk);
  const [one] = await shelf(store.store, 1);
  const cart = await filled(customer, store.store, [[one.product, 2]]);
  const { tip, coupons } = await call("GET", `/v1/cart/carts/${cart}`, customer);
  if (tip.amount > 0) await call("PUT", `/v1/cart/carts/${cart}/tip`, customer, { amount: 0 });
  for (const code of coupons) await call("DELETE", `/v1/cart/carts/${cart}/coupons/${code}`, customer);
  const code = `HALF-${Date.now()}`;
  const terms = { benefit: { kind: "percent", ppm: 500_000 } };
  await call("POST", "/v1/cart/coupons", operator, { code, terms });

  await page.goto(`/checkout/${cart}`);
  await page.getByRole("radio", { name: /Home/ }).check();
  const place = page.getByRole("button", { name: /^Order and pay/ });
  await expect(place).toBeEnabled();
  const quoted = async () => (await call("GET", `/v1/cart/carts/${cart}`, customer)).quote;
  const before = await quoted();
  // What the button says is what the house asks for.
  const asks = async (change) => {
    const total = before.total.amount + change;
    await expect.poll(async () => (await quoted()).total.amount).toBe(total);
    const dollars = new Intl.NumberFormat("en-US", { style: "currency", currency: "USD" });
    await expect(place).toContainText(dollars.format(total / 100));
  };

  const coupon = page.getByLabel("Code");
  await coupon.fill("NO-SUCH-COUPON");
  await press(page, "Use it");
  await expect(page.getByText("There is no such coupon.")).toBeVisible();
  await expect(coupon).toHaveValue("NO-SUCH-COUPON");
  await looked(page, "checkout-coupon-refused");
  await coupon.fill(code.toLowerCase());
  await press(page, "Use it");
  await expect(page.getByRole("button", { name: "Remove" })).toBeVisible();
  await expect(page.getByText(code).first()).toBeVisible();
  const off = (await quoted()).total.amount - before.total.amount;
  expect(off).toBeLessThan(0);
  await asks(off);
  await looked(page, "checkout-coupon");
  await press(page, "Remove");
  await expect(page.getByText(code)).toHaveCount(0);
  await asks(0);

  const tips = page.getByRole("group", { name: "Tip" }).getByRole("radio");
  await expect(page.getByRole("radio", { name: "None" })).toBeChecked();
  // By keys, as far as the last one.
  await page.getByRole("radio", { name: "None" }).focus();
  await page.keyboard.press("ArrowLeft");
  await expect(tips.last()).toBeChecked();
  await asks(Math.round(before.subtotal.amount * 0.15));
  await page.reload();
  await expect(tips.last()).toBeChecked();
  await looked(page, "checkout-tip");
  await page.getByRole("group", { name: "Tip" }).getByText("None").click();
  await asks(0);
  expect(wrong).toEqual([]);
});
