// The operator's pages in a real browser, against the demo at BASE.
import { expect } from "@playwright/test";
import { title } from "./door.js";
import { looked, signInAs, watched } from "./looked.js";
import { base, call, order, signIn, theStore, until } from "./people.js";
import { phone, test } from "./windows.js";

test.describe.configure({ timeout: 240_000 });
test.use(phone);

const press = (page, name) => page.getByRole("button", { name, exact: true }).click();

async function atTheDesk(page, path, heading) {
  const wrong = watched(page);
  await page.goto(path);
  await expect(title(page, heading)).toBeVisible();
  return wrong;
}

test("from what is under way to an order, and its end", async ({ operator: page }) => {
  const store = await theStore(await signIn("clerk"));
  const placed = await order(store.store);
  await until("it is paid", async () => (await placed.seen()).state === "paid");
  const wrong = await atTheDesk(page, "/operator", "Under way");
  const waiting = page.getByRole("region", { name: "Wait for the store" });
  await expect(waiting.getByRole("link", { name: placed.number })).toBeVisible();
  await expect(page.getByRole("region", { name: "Late or stuck" })).toBeVisible();
  await expect(page.getByRole("region", { name: "Where it is" })).toBeVisible();
  await looked(page, "operator-live");
  await waiting.getByRole("link", { name: placed.number }).click();
  await expect(title(page, `Order ${placed.number}`)).toBeVisible();
  const law = page.getByRole("region", { name: "What the law said" });
  await expect(law).toContainText("When it was ordered: allowed");
  await looked(page, "operator-order");
  await press(page, "Cancel the order");
  await press(page, "Yes, cancel it");
  await expect(page.getByText("This is needed.")).toBeVisible();
  await page.getByLabel("Why").fill("The customer rang");
  await page.getByLabel("Why").press("Enter");
  await expect(page.getByRole("region", { name: "What happened" })).toContainText("The customer rang");
  expect(await placed.seen()).toMatchObject({ state: "cancelled", reason: "The customer rang" });
  await page.getByRole("link", { name: "Orders", exact: true }).click();
  await expect(page.getByRole("link", { name: placed.number })).toBeVisible();
  await page.getByLabel("State").selectOption("Cancelled");
  await expect(page).toHaveURL(/state=cancelled/);
  await expect(page.getByRole("link", { name: placed.number })).toBeVisible();
  await page.getByRole("combobox", { name: /^Store/ }).selectOption(store.name);
  await page.getByLabel("Ordered from").pressSequentially("01012020");
  await expect(page).toHaveURL(/from=2020-01-01/);
  await expect(page.getByRole("link", { name: placed.number })).toBeVisible();
  await looked(page, "operator-orders");
  await page.getByRole("searchbox").fill("AAAA-AA");
  await page.getByRole("searchbox").press("Enter");
  await expect(page.getByRole("heading", { name: "No orders here" })).toBeVisible();
  await page.goBack();
  await expect(page.getByRole("link", { name: placed.number })).toBeVisible();
  await page.keyboard.press("Control+k");
  const finder = page.getByRole("combobox", { name: /^Find a page/ });
  await finder.fill(placed.number);
  await expect(page.getByRole("option", { name: placed.number })).toBeVisible();
  await finder.press("Enter");
  await expect(title(page, `Order ${placed.number}`)).toBeVisible();
  expect(wrong).toEqual([]);
});

test("money goes back by hand", async ({ operator: page }) => {
  // The newest that changed hands.
  const delivered = await call("GET", "/v1/orders/all?state=delivered&limit=1", await signIn("operator"));
  const [placed] = delivered.items;
  const wrong = await atTheDesk(page, `/operator/orders/${placed.order}`, `Order ${placed.number}`);
  await expect(page.getByRole("region", { name: "What happened" })).toContainText("Handed over");
  await press(page, "Give money back");
  await page.getByLabel("How much").fill("9000");
  await page.getByLabel("Why").fill("It came late");
  await expect(page.getByText("Alone you may give back")).toBeVisible();
  await press(page, "Give it back");
  await expect(page.getByRole("alert").filter({ hasText: "can be given back" })).toBeVisible();
  await expect(page.getByLabel("Why")).toHaveValue("It came late");
  await looked(page, "operator-refund");
  await page.getByLabel("How much").fill("1.50");
  await press(page, "Give it back");
  await expect(page.getByRole("region", { name: "Refunds" })).toContainText("$1.50");
  await page.goto("/operator/refunds?state=alone");
  await expect(page.getByRole("listitem").filter({ hasText: "It came late" }).first()).toBeVisible();
  await looked(page, "operator-refunds");
  await page.goto(`/operator/messages?order=${placed.order}`);
  await expect(page.getByText(`Order ${placed.number} was delivered`)).toBeVisible();
  await looked(page, "operator-messages");
  await page.goto("/operator/tariffs");
  const tip = page.getByLabel("Largest tip");
  const most = Number(await tip.inputValue()) + 1;
  await tip.fill(String(most));
  await press(page, "Look at what changes");
  await expect(page.getByRole("region", { name: "What changes" })).toContainText(`$${most}.00`);
  await press(page, "Let it hold from now on");
  await expect(page.getByText("It holds from now on.")).toBeVisible();
  await expect(tip).toHaveValue(`${most}.00`);
  await looked(page, "operator-tariffs");
  expect(wrong).toEqual([]);
});

test("what could be sold on Good Friday at 23:10", async ({ operator: page }) => {
  const wrong = await atTheDesk(page, "/operator/what-if", "What if?");
  await page.getByLabel("When").fill("2027-03-26T23:10");
  await page.getByLabel("Born on").fill("1990-01-01");
  await press(page, "Ask the law");
  const beer = page.getByRole("region", { name: "Beer" });
  await expect(beer).toContainText("Outside the hours of sale");
  await looked(page, "operator-what-if");
  await page.getByLabel("When").fill("2027-03-26T15:10");
  await press(page, "Ask the law");
  await expect(beer.getByText("Yes", { exact: true })).toBeVisible();
  await beer.getByRole("link", { name: /@\d/ }).click();
  await expect(title(page, "Iowa")).toBeVisible();
  await expect(page.getByRole("region", { name: "Spirits" })).toContainText("From age 21");
  await looked(page, "operator-rules");
  await page.getByRole("link", { name: "New version" }).click();
  await page.getByRole("region", { name: "Spirits" }).getByLabel("Least age").fill("25");
  await looked(page, "operator-rulebook");
  await press(page, "Look at what changes");
  const changes = page.getByRole("region", { name: "What changes" });
  await expect(changes).toContainText("From age 25");
  await expect(changes).not.toContainText("Beer");
  await press(page, "Go back");
  await expect(page.getByRole("region", { name: "Spirits" }).getByLabel("Least age")).toHaveValue("25");
  await page.goto("/operator/licences");
  await page.getByRole("button", { name: /^Change/ }).first().click();
  await looked(page, "operator-licences");
  await page.getByRole("combobox", { name: /^Show/ }).selectOption("What needs somebody");
  await expect(page.getByText("Nothing is pressing")).toBeVisible();
  expect(wrong).toEqual([]);
});

test("people and programs, and who did what", async ({ operator: page }) => {
  const wrong = await atTheDesk(page, "/operator/users", "People");
  await page.getByRole("combobox", { name: /^State/ }).selectOption("May sign in");
  await page.getByRole("searchbox", { name: /^E-mail/ }).fill("clerk@");
  await expect(page.getByRole("row")).toHaveCount(2);
  await page.getByRole("button", { name: /^Look at/ }).click();
  await expect(page.getByRole("group", { name: /^For which/ }).getByRole("checkbox", { checked: true })).not.toHaveCount(0);
  await looked(page, "operator-people");
  await page.getByRole("link", { name: "What they did" }).click();
  await expect(page.getByText("Only what this person did")).toBeVisible();
  await press(page, "Show names");
  await expect(page.getByText("Only what this person did")).not.toContainText("-");
  await looked(page, "operator-audit");

  await page.goto("/operator/invitations");
  const invited = `invited-${Date.now()}@demo.tipple.test`;
  await page.getByLabel("E-mail address").fill(invited);
  await page.getByRole("radio", { name: "Vendor's owner" }).check();
  await press(page, "Send the letter");
  await expect(page.getByText("Pick the vendor that it is for.")).toBeVisible();
  await page.getByRole("radio", { name: "Auditor" }).check();
  await press(page, "Send the letter");
  const open = page.getByRole("listitem").filter({ hasText: invited });
  await expect(open).toContainText("Auditor");
  await looked(page, "operator-invitations");
  await open.getByRole("button", { name: "Take it back" }).click();
  await open.getByRole("button", { name: "Take it back" }).click();
  await expect(open).toHaveCount(0);

  await page.goto("/operator/machines");
  const name = `Till ${Date.now()}`;
  await page.getByLabel("Name").fill(name);
  await page.getByRole("checkbox", { name: "Auditor" }).check();
  await page.getByLabel("Scopes").fill("orders:read");
  await press(page, "Add a machine");
  await expect(page.getByRole("region", { name: "Secret" })).toContainText("shown this once");
  const machine = page.getByRole("listitem").filter({ hasText: name });
  await looked(page, "operator-machines");
  await machine.getByRole("button", { name: "End it" }).click();
  await machine.getByRole("button", { name: "Yes, end it" }).click();
  await expect(machine).toHaveCount(0);
  await page.goto("/operator/age-reviews");
  await expect(title(page, "Ages to look at")).toBeVisible();
  await looked(page, "operator-ages");
  expect(wrong).toEqual([]);
});

test("whoever does not run the platform is told so; when the house fails, too", async ({ page }) => {
  await page.goto("/operator/users");
  await signInAs(page, "customer");
  await expect(page.getByRole("heading", { name: "These pages are for operators" })).toBeVisible();
  await looked(page, "operator-refused", { instead: true });
  await press(page, "Sign out");
  await expect(title(page, "Sign in")).toBeVisible();
  await page.goto("/sign-in?to=/operator/orders");
  await signInAs(page, "operator");
  await expect(page.getByRole("row").nth(1)).toBeVisible();
  await page.route("**/v1/orders/all*", (route) => route.abort());
  await page.reload();
  await expect(page.getByRole("heading", { name: "That did not work" })).toBeVisible();
  await page.unrouteAll();
  await press(page, "Try again");
  await expect(page.getByRole("row").nth(1)).toBeVisible();
  // The demo handles everything, so what could not be handled is told by the browser.
  const letter = (n) => ({
    letter: n,
    queue: "orders",
    kind: "tipple.payments.moved",
    subject: "0197a1b2-0000-7000-8000-000000000000",
    attempts: 12,
    error: "the payment is of another order",
    dead_at: "2027-01-01T10:00:00Z",
  });
  let dead = [letter(7), letter(8)];
  await page.route("**/v1/gateway/dead-letters?*", (route) => route.fulfill({ json: { items: dead } }));
  await page.route("**/v1/gateway/dead-letters/*/replay", (route) => {
    dead = dead.filter((one) => !route.request().url().includes(`/${one.letter}/`));
    return route.fulfill({ status: 204 });
  });
  await page.goto("/operator/dead-letters?queue=orders");
  await expect(page.getByText("the payment is of another order")).toHaveCount(2);
  await looked(page, "operator-dead-letters");
  await press(page, "Choose all that are shown");
  await press(page, "Put these 2 back");
  await expect(page.getByText("2 are back in their queues")).toBeVisible();
  await expect(page.getByRole("heading", { name: "Everything was handled" })).toBeVisible();
  await page.goto("/operator/analytics/delivery");
  await expect(page.getByRole("heading", { name: "How drivers' time was used" })).toBeVisible();
  await looked(page, "operator-driver-use");
});

test("from right to left", async ({ browser }) => {
  const context = await browser.newContext({ baseURL: base, locale: "he-IL", viewport: { width: 390, height: 844 } });
  const page = await context.newPage();
  await page.goto("/operator/live");
  await page.getByLabel("כתובת דוא״ל").fill("operator@demo.tipple.test");
  await page.getByLabel("סיסמה").fill("tipple-demo-2026");
  await page.getByRole("main").getByRole("button", { name: "כניסה" }).click();
  await expect(title(page, "בתהליך")).toBeVisible();
  await looked(page, "operator-live-rtl");
  await context.close();
});
