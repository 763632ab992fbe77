// An account from the first letter to its end, in a real browser, against the demo at BASE; its letters lie in MAIL.
import { readFile } from "node:fs/promises";
import { expect } from "@playwright/test";
import { press, title } from "./door.js";
import { letter } from "./letters.js";
import { looked, watched } from "./looked.js";
import { call, signIn } from "./people.js";
import { phone, test } from "./windows.js";

test.use(phone);

const PASSWORD = "correct horse battery";
const main = (page) => page.getByRole("main");
const account = (page) => page.getByRole("navigation").getByRole("link", { name: "Account" });

async function enter(page, email, password) {
  await page.getByLabel("E-mail address").fill(email);
  await page.getByLabel("Password").fill(password);
  await main(page).getByRole("button", { name: "Sign in" }).click();
}

// As far as the letter; from there it goes on where it came from.
async function signUp(page, email, to) {
  if (!to) await page.goto("/sign-up");
  await expect(page).toHaveURL(to ? `/sign-up?to=${encodeURIComponent(to)}` : "/sign-up");
  await page.getByLabel("Given name").fill("Robin");
  await page.getByLabel("Family name").fill("Reed");
  await page.getByLabel("E-mail address").fill(email);
  await page.getByLabel("Password").fill(PASSWORD);
  await page.getByLabel("Date of birth").fill("1990-04-01");
  await press(page, "Go on");
  await expect(title(page, "Read your mail")).toBeVisible();
}

test("signed up, found again, moved, and gone", async ({ page }) => {
  test.setTimeout(180_000);
  const wrong = watched(page);
  const [email, next] = ["robin", "reed"].map((name) => `${name}-${Date.now()}@demo.tipple.test`);
  await signUp(page, email);
  await looked(page, "sign-up-code");
  await page.getByLabel("Code from the letter").fill("BBBB-BBBB");
  await press(page, "Create the account");
  await expect(page.getByRole("alert").filter({ hasText: /./ })).toBeVisible();
  await expect(page.getByLabel("Code from the letter")).toHaveValue("BBBB-BBBB");

  // By the letter's link, which leaves nothing in the address.
  await page.goto((await letter(email, "ends your sign-up")).link);
  await expect(title(page, "One more step")).toBeVisible();
  await expect(page).toHaveURL(/\/sign-up$/);
  await page.getByLabel("Password").fill("another horse battery");
  await press(page, "Create the account");
  await expect(page.getByText("this is not the password that you chose")).toBeVisible();
  await looked(page, "sign-up-letter");
  await page.getByLabel("Password").fill(PASSWORD);
  await press(page, "Create the account");
  await expect(account(page)).toBeVisible();

  await account(page).click();
  await press(page, "Add a number");
  const number = `+1515555${String(Date.now()).slice(-4)}`;
  await page.getByLabel("Telephone number").fill(number);
  await press(page, "Send the code");
  await page.getByLabel("Code from the message").fill((await letter(number, "is your code")).code);
  await looked(page, "account-phone");
  await press(page, "Confirm");
  await expect(page.getByText(number)).toBeVisible();

  await press(page, "Change the address");
  await main(page).getByLabel("E-mail address").fill(next);
  await main(page).getByLabel("Password").fill(PASSWORD);
  await press(page, "Send the code");
  await expect(page.getByText(`A code is on its way to ${next}`)).toBeVisible();
  await page.goto((await letter(next, "the e-mail address of your account")).link);
  await expect(title(page, "Confirm your e-mail address")).toBeVisible();
  await expect(page.getByText(email)).toBeVisible();
  await looked(page, "confirm-email");
  await press(page, "Confirm the address");
  await expect(page.getByText("The address is confirmed.")).toBeVisible();
  await main(page).getByRole("link", { name: "Your account" }).click();
  await expect(page.getByText(next)).toBeVisible();

  // All that is kept, as a file.
  const saved = page.waitForEvent("download");
  await press(page, "Save a copy");
  const copy = await readFile(await (await saved).path(), "utf8");
  expect(copy).toContain(next);
  expect(copy).toContain("1990-04-01");

  // Forgotten, and found by a letter.
  await press(page, "Sign out");
  await page.goto("/forgotten");
  await page.getByLabel("E-mail address").fill(next);
  await looked(page, "forgotten");
  await press(page, "Send the code");
  await expect(page.getByText("a code is on its way")).toBeVisible();
  await looked(page, "forgotten-code");
  await page.goto((await letter(next, "sets a new password")).link);
  await page.getByLabel("New password").fill("short");
  await press(page, "Set the password");
  await expect(page.getByText("At least 10 characters.")).toBeVisible();
  await looked(page, "reset-password");
  const other = `${PASSWORD} staple`;
  await page.getByLabel("New password").fill(other);
  await press(page, "Set the password");
  await expect(page.getByText("Your new password holds from now on")).toBeVisible();
  await main(page).getByRole("link", { name: "Sign in" }).click();
  await enter(page, next, PASSWORD);
  await expect(page.getByRole("alert").filter({ hasText: /./ })).toBeVisible();
  await enter(page, next, other);
  await expect(account(page)).toBeVisible();

  // Gone, and nobody is let in any more.
  await account(page).click();
  await press(page, "Erase the account");
  await looked(page, "account-erase");
  const erase = page.getByRole("button", { name: "Erase everything" }).locator("xpath=ancestor::form");
  await erase.getByLabel("Password").fill("another horse battery");
  await erase.getByRole("button").click();
  await expect(erase.getByRole("alert").filter({ hasText: /./ })).toBeAttached();
  await erase.getByLabel("Password").fill(other);
  await erase.getByRole("button").click();
  await expect(page.getByRole("navigation").getByRole("link", { name: "Sign in" })).toBeVisible();
  await page.goto("/sign-in");
  await enter(page, next, other);
  await expect(page.getByRole("alert").filter({ hasText: /./ })).toBeVisible();
  expect(wrong).toEqual([]);
});

test("a number is confirmed by a link, and a role is taken by one", async ({ page }) => {
  test.setTimeout(120_000);
  const wrong = watched(page);
  const email = `auditor-${Date.now()}@demo.tipple.test`;
  await call("POST", "/v1/accounts/invitations", await signIn("operator"), { email, role: { role: "auditor" } });
  const { link } = await letter(email, "invites you");

  // Whoever has no account yet makes one first, and comes back.
  await page.goto(link);
  await expect(title(page, "You are invited")).toBeVisible();
  await looked(page, "invitation-stranger");
  await main(page).getByRole("link", { name: "Create an account" }).click();
  await signUp(page, email, "/invitation");
  await page.getByLabel("Code from the letter").fill((await letter(email, "ends your sign-up")).code);
  await press(page, "Create the account");
  await expect(title(page, "You are invited")).toBeVisible();
  await expect(page.getByText(email)).toBeVisible();
  await looked(page, "invitation");
  await press(page, "Accept the invitation");
  await expect(page.getByText("the role is yours")).toBeVisible();
  await looked(page, "invitation-accepted");
  await page.getByRole("link", { name: "To the operator's pages" }).click();
  await expect(title(page, "Who did what")).toBeVisible();

  const { access_token: token } = await call("POST", "/v1/accounts/sign-in", undefined, { email, password: PASSWORD });
  const number = `+1515556${String(Date.now()).slice(-4)}`;
  const { flow } = await call("POST", "/v1/accounts/phone", token, { phone: number });
  const { code } = await letter(number, "is your code");
  await page.goto(`/confirm-phone#flow=${flow}&code=${code}`);
  await expect(title(page, "Confirm your telephone number")).toBeVisible();
  await looked(page, "confirm-phone");
  await press(page, "Confirm the number");
  await expect(page.getByText("The number is confirmed")).toBeVisible();

  // A link works once; and a page of letters without one says so.
  await page.goto(link);
  await press(page, "Accept the invitation");
  await expect(page.getByText("The invitation has been used")).toBeVisible();
  await looked(page, "invitation-used");
  await page.goto("/reset-password");
  await expect(page.getByText("This page opens by the link of a letter.")).toBeVisible();
  await page.goto("/signed-in?error=access-denied");
  await expect(page.getByText("It was called off there.")).toBeVisible();
  await looked(page, "signed-in");
  expect(wrong).toEqual([]);
});
