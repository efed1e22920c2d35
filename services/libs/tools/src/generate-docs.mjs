// Writes docs/reference/{config,events}.md from what the code checks and the contracts say; run it after `tsc -b`.
// With --check it writes nothing and fails when a page on disk is not the generated one.
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, relative, resolve } from "node:path";
import { configPage } from "./docs/config-page.mjs";
import { eventsPage } from "./docs/events-page.mjs";

const root = resolve(import.meta.dirname, "../../../..");
const folder = resolve(root, "docs/reference");
const check = process.argv.includes("--check");

const pages = {
  "config.md": await configPage(root),
  "events.md": eventsPage(root),
};

for (const [name, text] of Object.entries(pages)) {
  const path = resolve(folder, name);
  if (read(path) === text) continue;
  if (check) {
    process.stderr.write(`${relative(root, path)} is stale: build, then run 'npm run docs'\n`);
    process.exitCode = 1;
  } else {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
  }
}

function read(path) {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    if (error.code === "ENOENT") return undefined;
    throw error;
  }
}
