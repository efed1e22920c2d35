import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fingerprintOf, readKeyRing } from "@portcullis/kit";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type Ended, portcullis } from "../harness/portcullis.js";

interface Told {
  active: number;
  /** Ids of the keys that it has, with their fingerprints; those of the file when left out. */
  keys?: Record<string, string>;
  uses?: readonly { readonly what: string; readonly key: number; readonly count: number }[];
}

describe("portcullis keys, with processes that are not as they should be", () => {
  const folder = mkdtempSync(join(tmpdir(), "portcullis-keys-commands-"));
  const file = join(folder, "keys.json");
  const ends: (() => void)[] = [];
  beforeEach(async () => {
    rmSync(file, { force: true });
    await portcullis(["keys", "create", file]);
  });
  afterEach(() => {
    for (const end of ends.splice(0)) end();
  });

  const fingerprints = (): Record<string, string> =>
    Object.fromEntries([...readKeyRing(file).sealing].map(([id, key]) => [id, fingerprintOf(key)]));
  /** A process that says what it is told to say. */
  async function process(told: Told): Promise<string> {
    const server = createServer(({ url }, response) => {
      const { active, keys = fingerprints(), uses = [] } = told;
      response.end(JSON.stringify(url === "/internal/keys" ? { active, keys, trouble: null, covers: [] } : uses));
    });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    ends.push(() => server.close());
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  }
  const keys = (command: readonly string[], urls: readonly string[]): Promise<Ended> =>
    portcullis(["keys", ...command, "--file", file, ...urls.flatMap((url) => ["--url", url])]);
  const active = (): number => readKeyRing(file).active;

  it("lets a key seal only when every process has this key, and no other of its number", async () => {
    const good = await process({ active: 1 });
    expect((await keys(["add"], [good])).code).toBe(0);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    const without = await process({ active: 1, keys: { "1": fingerprints()["1"] ?? "" } });
    const other = await process({ active: 1, keys: { ...fingerprints(), "2": "0123456789abcdef" } });
    for (const [bad, why] of [
      [without, "does not have the key yet"],
      [other, "has another key of that number"],
    ] as const) {
      const refused = await keys(["activate"], [good, bad]);
      expect([refused.code, active()]).toEqual([1, 1]);
      expect(refused.stderr).toContain(`${bad}: it ${why}`);
    }
    const away = await keys(["activate"], [good, "http://127.0.0.1:9"]);
    expect([away.code, active()]).toEqual([1, 1]);
    expect(away.stderr).toContain("http://127.0.0.1:9");
    expect((await keys(["activate"], [good])).code).toBe(0);
    expect(active()).toBe(2);
  });

  it("takes no word for it that nothing runs, and none that was not given", async () => {
    await keys(["add"], []);
    const silent = await keys(["activate"], []);
    expect([silent.code, active()]).toEqual([1, 1]);
    expect(silent.stderr).toContain("--stopped");
    const stopped = await portcullis(["keys", "activate", "--file", file, "--stopped"]);
    expect([stopped.code, active()]).toEqual([0, 2]);
  });

  it("removes a key only when nothing stands under it, nobody seals with it, and its time is over", async () => {
    const url = await process({ active: 1 });
    await keys(["add"], [url]);
    await keys(["activate"], [url]);
    const removed = (told: Told) => process(told).then((one) => keys(["remove", "1"], [one]));
    const uses = [{ what: "some tables", key: 1, count: 3 }];
    expect((await removed({ active: 2 })).stderr).toMatch(/until \d{4}/);
    const content = JSON.parse(readFileSync(file, "utf8"));
    content.times["1"].retired = "2026-01-01T00:00:00.000Z";
    writeFileSync(file, JSON.stringify(content));
    expect((await removed({ active: 1 })).stderr).toContain("seals under key 1");
    expect((await removed({ active: 2, uses })).stderr).toContain("some tables: 3 stand under it");
    expect((await keys(["remove", "1"], ["http://127.0.0.1:9"])).code).toBe(1);
    expect(Object.keys(fingerprints())).toEqual(["1", "2"]);
    expect((await removed({ active: 2 })).code).toBe(0);
    expect(Object.keys(fingerprints())).toEqual(["2"]);
  });

  it("adds no second key while one waits, which may be taken away again", async () => {
    const url = await process({ active: 1 });
    await keys(["add"], [url]);
    const second = await keys(["add"], [url]);
    expect([second.code, second.stderr]).toEqual([1, expect.stringContaining("keys remove 2")]);
    expect((await keys(["remove", "2"], [url])).code).toBe(0);
    await keys(["add"], [url]);
    expect(Object.keys(fingerprints())).toEqual(["1", "3"]);
  });
});
