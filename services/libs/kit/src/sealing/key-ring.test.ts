import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createKeyFile } from "./key-file.js";
import { readKeyRing } from "./key-ring.js";

describe("key file", () => {
  let folder: string;
  let path: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "portcullis-keys-"));
    path = join(folder, "keys.json");
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it("is made once, for its owner only, and read again", () => {
    createKeyFile(path);
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(() => createKeyFile(path)).toThrow("EEXIST");
    const ring = readKeyRing(path);
    expect(ring.active).toBe(1);
    expect([...ring.sealing.keys()]).toEqual([1]);
    expect(ring.digest.equals(ring.audit)).toBe(false);
    expect(ring.sealing.get(1)?.symmetricKeySize).toBe(32);
  });

  it("is refused when anything is wrong, with the place and without a key", () => {
    createKeyFile(path);
    const good = JSON.parse(readFileSync(path, "utf8"));
    const short = Buffer.from("too short and secret").toString("base64");
    const wrong: [unknown, string][] = [
      [{ ...good, digest: short }, "digest"],
      [{ ...good, sealing: { ...good.sealing, "1": short } }, "sealing.1"],
      [{ ...good, sealing: { ...good.sealing, "4294967296": good.digest } }, "sealing"],
      [{ ...good, active: 2 }, "has no sealing key 2"],
      [{ ...good, active: 4_294_967_296 }, "active"],
      [{ ...good, more: short }, "outermost"],
      [[], "outermost"],
    ];
    for (const [content, place] of wrong) {
      writeFileSync(path, JSON.stringify(content));
      const error = errorOf(() => readKeyRing(path));
      expect(error).toContain(path);
      expect(error).toContain(place);
      expect(error).not.toContain(short);
      expect(error).not.toContain(good.digest);
    }
    writeFileSync(path, `{ "digest": ${good.digest} }`);
    const error = errorOf(() => readKeyRing(path));
    expect(error).toContain("not JSON");
    expect(error).not.toContain(good.digest.slice(0, 6));
    expect(errorOf(() => readKeyRing(join(folder, "absent")))).toContain("ENOENT");
  });
});

function errorOf(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    return (error as Error).message;
  }
  throw new Error("nothing was thrown");
}
