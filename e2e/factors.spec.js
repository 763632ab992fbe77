// Second factors in a real browser, against the demo at BASE, whose letters lie in MAIL: an app's codes, a passkey of
// a device that Chromium plays, and the codes on paper.
import { createHmac } from "node:crypto";
import { readFile } from "node:fs/promises";
import { expect } from "@playwright/test";
import { press, title } from "./door.js";
import { looked, watched } from "./looked.js";
import { newcomer, PASSWORD } from "./newcomer.js";
import { base } from "./people.js";
import { phone, test } from "./windows.js";

/** Browsers know passkeys by name only. */
const named = base.replace("127.0.0.1", "localhost");
test.use({ ...phone, baseURL: named });

const BASE32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/** What an app shows so many half minutes from now (RFC 6238). */
function digits(secret, ahead, steps = 0) {
  const bits = [...secret].map((letter) => BASE32.indexOf(letter).toString(2).padStart(5, "0")).join("");
  const key = Buffer.from(bits.match(/.{8}/g).map((byte) => Number.parseInt(byte, 2)));
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(Math.floor((Date.now() + ahead) / 30_000) + steps));
  const hash = createHmac("sha1", key).update(counter).digest();
  const number = hash.readUInt32BE(hash[19] & 15) & 0x7fffffff;
  return String(number % 1_000_000).padStart(6, "0");
}

/** A device with a finger on it. */
async function withDevice(page) {
  const devtools = await page.context().newCDPSession(page);
  await devtools.send("WebAuthn.enable");
  const options = {
    protocol: "ctap2",
    transport: "internal",
    hasResidentKey: true,
    hasUserVerification: true,
    isUserVerified: true,
    automaticPresenceSimulation: true,
  };
  const { authenticatorId } = await devtools.send("WebAuthn.addVirtualAuthenticator", { options });
  return {
    refuses: (refuses) =>
      devtools.send("WebAuthn.setUserVerified", { authenticatorId, isUserVerified: !refuses }),
  };
}

async function enter(page, email) {
  await page.goto("/sign-in?to=/account/second-factor");
  await page.getByLabel("E-mail address").fill(email);
  await page.getByLabel("Password").fill(PASSWORD);
  await page.getByRole("main").getByRole("button", { name: "Sign in" }).click();
}

async function leave(page) {
  await page.goto("/account");
  await press(page, "Sign out");
  await expect(page.getByRole("navigation").getByRole("link", { name: "Sign in" })).toBeVisible();
}

const refused = (page) => page.getByRole("alert").filter({ hasText: /./ });

test("an app, a passkey and codes on paper: added, asked for, taken away", async ({ page }) => {
  test.setTimeout(120_000);
  const wrong = watched(page);
  const { email, ahead } = await newcomer();
  const device = await withDevice(page);
  await enter(page, email);
  await expect(title(page, "Second factor")).toBeVisible();
  await expect(page.getByRole("button", { name: "Set up an app" })).toBeVisible();
  await looked(page, "factors-none");

  await press(page, "Set up an app");
  await page.getByLabel("Password").fill("another horse battery");
  await press(page, "Set up an app");
  await expect(refused(page)).toBeAttached();
  await page.getByLabel("Password").fill(PASSWORD);
  await press(page, "Set up an app");
  await expect(page.getByRole("img", { name: "QR code for the app" })).toBeVisible();
  const link = page.getByRole("link", { name: "Open it in an app on this device" });
  const secret = new URL(await link.getAttribute("href")).searchParams.get("secret");
  await page.getByLabel("The six digits that the app shows").fill("000000");
  await press(page, "Put it in force");
  await expect(refused(page).first()).toBeVisible();
  await looked(page, "factors-app");
  await page.getByLabel("The six digits that the app shows").fill(digits(secret, ahead));
  await press(page, "Put it in force");
  await expect(page.getByRole("heading", { name: "Your recovery codes" })).toBeFocused();
  await looked(page, "factors-codes");
  const saved = page.waitForEvent("download");
  await press(page, "Save as a file");
  const codes = (await readFile(await (await saved).path(), "utf8")).trim().split("\n");
  expect(codes.length).toBeGreaterThanOrEqual(8);
  await press(page, "I have kept them");
  await expect(page.getByText("It is added, and will be asked for")).toBeVisible();

  // Whose finger it is not gets no key.
  await press(page, "Add a passkey");
  await page.getByLabel("What you call it").fill("My phone");
  await page.getByLabel("Password").fill(PASSWORD);
  await device.refuses(true);
  await press(page, "Add a passkey");
  await expect(page.getByText("Your browser gave no passkey")).toBeVisible();
  await expect(page.getByLabel("What you call it")).toHaveValue("My phone");
  await device.refuses(false);
  await press(page, "Add a passkey");
  await expect(page.getByRole("button", { name: "Remove My phone" })).toBeVisible();
  await looked(page, "factors-both");

  await leave(page);
  await enter(page, email);
  await expect(title(page, "One more step")).toBeVisible();
  await page.getByLabel("Code").fill("000000");
  await press(page, "Go on");
  await expect(refused(page)).toBeVisible();
  await looked(page, "sign-in-second");
  await press(page, "Use your passkey");
  await expect(title(page, "Second factor")).toBeVisible();
  await expect(page.getByText(/^Last used /)).toBeVisible();

  await leave(page);
  await enter(page, email);
  await page.getByLabel("Code").fill(digits(secret, ahead, 1));
  await press(page, "Go on");
  await expect(title(page, "Second factor")).toBeVisible();
  await press(page, "Remove My phone");
  await expect(page.getByText("It opens your account no longer.")).toBeVisible();
  await press(page, "Remove My phone");
  await expect(page.getByRole("button", { name: "Remove My phone" })).toHaveCount(0);
  await press(page, "Remove the app");
  await page.getByLabel("Code").fill(codes[0]);
  await press(page, "Remove the app");
  await expect(page.getByRole("button", { name: "Set up an app" })).toBeVisible();
  await leave(page);
  await enter(page, email);
  await expect(title(page, "Second factor")).toBeVisible();
  expect(wrong).toEqual([]);
});
