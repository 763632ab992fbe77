// What comes to people by mail and as text messages: files in the demo's folder.
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { until } from "./people.js";

const folder = process.env.MAIL ?? join(import.meta.dirname, "../data/mail");
/** Of so many messages is what is looked for. */
const NEWEST = 200;
const CODE = /^[2-9B-DF-HJ-NP-TV-XZ]{4}-[2-9B-DF-HJ-NP-TV-XZ]{4}\b/m;
const LINK = /^https?:\/\/[^/\s]+(\/\S+)$/m;

/** The newest message to an address or a number whose subject or text says this: its code, and where its link leads. */
export function letter(to, says) {
  return until(`a letter to ${to} that says ${says}`, async () => {
    const names = (await readdir(folder)).filter((name) => /^\d.*\.(eml|txt)$/.test(name)).sort();
    for (const name of names.slice(-NEWEST).reverse()) {
      const text = plain(await readFile(join(folder, name), "utf8").catch(() => ""));
      if (!text.match(/^To: .*$/m)?.[0].includes(to) || !text.includes(says)) continue;
      return { code: text.match(CODE)?.[0], link: text.match(LINK)?.[1] };
    }
  });
}

// Without what mail does to long lines.
const plain = (text) =>
  text
    .replaceAll("\r", "")
    .replace(/=\n/g, "")
    .replace(/=([0-9A-F]{2})/g, (_, byte) => String.fromCharCode(Number.parseInt(byte, 16)));
