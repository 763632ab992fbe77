// The files that pages are made of, as they are sent, against the demo at BASE.
import { readdirSync } from "node:fs";
import { expect, test } from "@playwright/test";
import { base } from "./people.js";

const folder = new URL("../web/dist/site/", import.meta.url);
const files = readdirSync(new URL("assets/", folder)).filter((name) => !name.endsWith(".br"));
const there = new Set(readdirSync(new URL("assets/", folder)));

const got = (path) => fetch(base + path, { headers: { "accept-encoding": "br" } });

test("each file with a name of its own comes compressed, and is kept for good", async () => {
  expect(files.length).toBeGreaterThan(100);
  const kinds = new Set();
  for (const name of files) {
    const { status, headers } = await got(`/assets/${name}`).then(async (answer) => {
      await answer.arrayBuffer();
      return answer;
    });
    expect(status, name).toBe(200);
    expect(headers.get("cache-control"), name).toBe("public, max-age=31536000, immutable");
    expect(headers.get("vary"), name).toContain("accept-encoding");
    expect(headers.get("content-encoding"), name).toBe(there.has(`${name}.br`) ? "br" : null);
    if (there.has(`${name}.br`)) kinds.add(name.split(".").at(-1));
  }
  expect([...kinds].sort()).toEqual(expect.arrayContaining(["css", "js"]));
});

test("pages, and files whose names stay, are asked for again", async () => {
  for (const path of ["/", "/stores", "/account", "/operator/live", "/worker.js", "/site.webmanifest", "/icon.svg"]) {
    const answer = await got(path);
    await answer.arrayBuffer();
    expect(answer.status, path).toBe(200);
    expect(answer.headers.get("cache-control") ?? "", path).not.toContain("immutable");
  }
});
