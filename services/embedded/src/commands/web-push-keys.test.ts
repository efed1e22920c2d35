import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { loadConfiguration } from "@portcullis/configuration";
import { afterAll, beforeEach, expect, it, vi } from "vitest";
import { webPushKeysCommand } from "./web-push-keys.js";

const folder = mkdtempSync(join(tmpdir(), "portcullis-web-push-"));
afterAll(() => rmSync(folder, { recursive: true }));

let printed = "";
beforeEach(() => {
  printed = "";
  vi.spyOn(process.stdout, "write").mockImplementation((text) => {
    printed += String(text);
    return true;
  });
});

const run = (file: string) => webPushKeysCommand().parseAsync([file], { from: "user" });

it("makes a pair that the configuration takes as it is printed, the private key in a file for its owner only", async () => {
  const file = join(folder, "web-push.key");
  await run(file);
  const yaml = printed.slice(printed.indexOf("notifications:"));
  writeFileSync(join(folder, "portcullis.yaml"), yaml);
  const loaded = await loadConfiguration(join(folder, "portcullis.yaml"), { env: {} });
  expect(loaded).toMatchObject({ ok: true, value: { warnings: [] } });
  expect(statSync(file).mode & 0o777).toBe(0o600);
  expect(printed).not.toContain(readFileSync(file, "utf8").trim());
});

it("makes another pair each time, and never in the place of one that is there", async () => {
  const file = join(folder, "other.key");
  await run(file);
  const [key, first] = [readFileSync(file, "utf8"), printed];
  await expect(run(file)).rejects.toThrow("is there already");
  expect(readFileSync(file, "utf8")).toBe(key);
  await run(join(folder, "third.key"));
  expect(printed.slice(first.length)).not.toContain(/publicKey: (\S+)/.exec(first)?.[1]);
});
