// A map that WebGL draws, in a real browser with a card that its own software plays, against the demo at BASE; and the
// same map where there is none.
import { chromium, expect } from "@playwright/test";
import { looked, watched } from "./looked.js";
import { atWork, base, call, handOver, isAt, packed, pickUp, signIn } from "./people.js";
import { signedIn, test } from "./windows.js";

/** Where the demo's customer lives. */
const DOOR = { lat: 41.5873, lon: -93.624 };
/** What lies beneath what is ours: one colour, which nothing else on the page has. */
const GROUND = [201, 230, 202];
const STYLE = {
  version: 8,
  sources: {},
  layers: [{ id: "ground", type: "background", paint: { "background-color": `rgb(${GROUND})` } }],
};

/** A window on a page whose house has set that style. */
async function mapped(browser) {
  const context = await signedIn(browser, "customer", { serviceWorkers: "block" });
  await context.route("**/ground.json", (route) => route.fulfill({ json: STYLE }));
  await context.route("**/orders/*", async (route) => {
    if (route.request().resourceType() !== "document") return route.fallback();
    const answer = await route.fetch();
    const page = (await answer.text()).replace("<html ", `<html data-map-style="${base}/ground.json" `);
    return route.fulfill({ response: answer, body: page });
  });
  const page = await context.newPage();
  return { context, page, map: page.getByRole("region", { name: "Map of the delivery" }) };
}

/** How much of what the canvas shows has which colour; what the page itself lays over it is masked. */
async function seenOf(page, map) {
  const mask = [map.locator(".maplibregl-marker span"), map.getByRole("button"), map.locator("p")];
  const picture = (await map.screenshot({ mask, maskColor: "#ffffff" })).toString("base64");
  return page.evaluate(
    async ([data, ground]) => {
      const image = new Image();
      image.src = `data:image/png;base64,${data}`;
      await image.decode();
      const canvas = Object.assign(document.createElement("canvas"), { width: image.width, height: image.height });
      const context = canvas.getContext("2d");
      context.drawImage(image, 0, 0);
      const { data: all } = context.getImageData(0, 0, image.width, image.height);
      // As the page itself works it out.
      const probe = document.body.appendChild(document.createElement("span"));
      probe.style.color = "var(--color-info)";
      context.fillStyle = getComputedStyle(probe).color;
      probe.remove();
      context.fillRect(0, 0, 1, 1);
      const line = [...context.getImageData(0, 0, 1, 1).data].slice(0, 3);
      const like = (of) => {
        let count = 0;
        for (let at = 0; at < all.length; at += 4) {
          if (of.every((value, part) => Math.abs(all[at + part] - value) <= 3)) count++;
        }
        return count;
      };
      return { ground: like(ground) / (all.length / 4), line: like(line) };
    },
    [picture, GROUND],
  );
}

/** The driver on the way between the store and the door. */
async function underWay() {
  const work = await atWork();
  const { order } = await packed(work);
  const job = await pickUp(work.driver, order);
  const { lat, lon } = work.store.place;
  await isAt({ lat: (lat + DOOR.lat) / 2, lon: (lon + DOOR.lon) / 2 });
  const { given_name: name } = await call("GET", "/v1/accounts/me", await signIn("driver"));
  return { ...work, order, job, name };
}

test("the driver, the store and the door, drawn by WebGL; without it they stay as they were", async ({ launchOptions }) => {
  test.setTimeout(180_000);
  const work = await underWay();
  const args = launchOptions.args.filter((one) => one !== "--disable-gpu");
  const drawing = await chromium.launch({
    ...launchOptions,
    args: [...args, "--use-angle=swiftshader", "--enable-unsafe-swiftshader", "--ignore-gpu-blocklist"],
  });
  const pinned = async (map) => {
    for (const text of ["Your door", work.store.name, work.name]) await expect(map.getByText(text).first()).toBeVisible();
    await expect(map.getByText(/^\d[\d.,]*\s?(ft|mi|m|km)$/)).toBeVisible();
  };
  try {
    const { page, map, context } = await mapped(drawing);
    const wrong = watched(page);
    await page.goto(`/orders/${work.order}`);
    await map.scrollIntoViewIfNeeded();
    await expect(map.locator("canvas")).toBeVisible();
    // What stood in its place has gone: the line is no drawing of the page's own any more.
    await expect(map.locator("svg path[stroke-dasharray]")).toHaveCount(0);
    await expect(map.locator(".maplibregl-marker")).toHaveCount(3);
    await pinned(map);
    await expect.poll(async () => (await seenOf(page, map)).ground, { timeout: 30_000 }).toBeGreaterThan(0.4);
    await expect.poll(async () => (await seenOf(page, map)).line, { timeout: 30_000 }).toBeGreaterThan(20);
    // It is moved by keys as the drawing is, and the scale with it.
    const scale = map.getByText(/^\d[\d.,]*\s?(ft|mi|m|km)$/);
    const long = () => scale.evaluate((one) => `${one.textContent} ${one.lastElementChild.getBoundingClientRect().width}`);
    const before = await long();
    await map.focus();
    await page.keyboard.press("+");
    await expect.poll(long).not.toBe(before);
    await looked(page, "map-drawn");
    expect(wrong).toEqual([]);
    await context.close();
  } finally {
    await drawing.close();
  }

  const without = await chromium.launch({ ...launchOptions, args: [...launchOptions.args, "--disable-3d-apis"] });
  try {
    const { page, map } = await mapped(without);
    const wrong = watched(page);
    await page.goto(`/orders/${work.order}`);
    await map.scrollIntoViewIfNeeded();
    await map.hover();
    await pinned(map);
    await expect(map.locator("svg path[stroke-dasharray]")).toHaveCount(1);
    expect(await page.evaluate(() => document.createElement("canvas").getContext("webgl2"))).toBeNull();
    await expect(map.locator("canvas")).toHaveCount(0);
    await map.focus();
    const door = map.getByText("Your door");
    const { y } = await door.boundingBox();
    await page.keyboard.press("ArrowDown");
    await expect.poll(async () => Math.round(y - (await door.boundingBox()).y)).toBe(80);
    expect(wrong).toEqual([]);
  } finally {
    await without.close();
  }
  await call("POST", `/v1/delivery/jobs/${work.job}/arrive`, work.driver, {});
  await handOver(work.driver, work.job);
  await call("DELETE", "/v1/delivery/shift", work.driver);
});
