import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import {
  changeKeyFile,
  createKeyFile,
  KeyFileBusy,
  readKeyFile,
  withActiveKey,
  withNewKey,
  withoutKey,
} from "./key-file.js";

const AT = Date.parse("2026-03-01T10:00:00Z");
const LATER = AT + 60_000;

describe("a key file that changes", () => {
  let folder: string;
  let path: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "portcullis-key-file-"));
    path = join(folder, "keys.json");
    createKeyFile(path);
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it("gets a key that opens and does not seal, then one that seals, then loses the old one", () => {
    const before = readKeyFile(path);
    const added = changeKeyFile(path, (now) => withNewKey(now, AT));
    expect([added.active, Object.keys(added.sealing)]).toEqual([1, ["1", "2"]]);
    expect(added.times?.["2"]).toEqual({ added: "2026-03-01T10:00:00.000Z" });
    const active = changeKeyFile(path, (now) => withActiveKey(now, 2, LATER));
    expect(active.active).toBe(2);
    expect(active.times?.["1"]).toEqual({ retired: "2026-03-01T10:01:00.000Z" });
    expect(active.times?.["2"]?.activated).toBe("2026-03-01T10:01:00.000Z");
    changeKeyFile(path, (now) => withoutKey(now, 1));
    const after = readKeyFile(path);
    expect(after.sealing).toEqual({ "2": added.sealing["2"] });
    expect([after.digest, after.audit]).toEqual([before.digest, before.audit]);
  });

  it("gives no number twice, also when the key that had it is gone", () => {
    changeKeyFile(path, (now) => withNewKey(now, AT));
    changeKeyFile(path, (now) => withoutKey(now, 2));
    const added = changeKeyFile(path, (now) => withNewKey(now, LATER));
    expect(Object.keys(added.sealing)).toEqual(["1", "3"]);
  });

  it("forgets that a key was retired once it seals again", () => {
    let file = withNewKey(readKeyFile(path), AT);
    file = withActiveKey(file, 2, AT);
    file = withActiveKey(file, 1, LATER);
    expect(file.times?.["1"]).toEqual({ activated: "2026-03-01T10:01:00.000Z" });
    expect(file.times?.["2"]?.retired).toBe("2026-03-01T10:01:00.000Z");
  });

  it("refuses to lose the active key, and keys that it does not have", () => {
    const file = readKeyFile(path);
    expect(() => withoutKey(file, 1)).toThrow("active");
    expect(() => withoutKey(file, 2)).toThrow("no key 2");
    expect(() => withActiveKey(file, 2, AT)).toThrow("no key 2");
  });

  it("keeps its mode but for others, leaves nothing beside it, and changes the file that a link leads to", () => {
    for (const [mode, kept] of [
      [0o600, 0o600],
      [0o644, 0o640],
      [0o666, 0o640],
    ] as const) {
      chmodSync(path, mode);
      changeKeyFile(path, (now) => withNewKey(now, AT));
      expect(statSync(path).mode & 0o777).toBe(kept);
    }
    const link = join(folder, "link.json");
    symlinkSync(path, link);
    changeKeyFile(link, (now) => withActiveKey(now, 2, AT));
    expect(readKeyFile(path).active).toBe(2);
    expect(readdirSync(folder).sort()).toEqual(["keys.json", "link.json"]);
  });

  it("stays as it was when the change fails, or when somebody else changed it meanwhile", () => {
    const before = readFileSync(path, "utf8");
    const failing = () => {
      throw new Error("no");
    };
    expect(() => changeKeyFile(path, failing)).toThrow("no");
    expect(readFileSync(path, "utf8")).toBe(before);
    const meanwhile = () =>
      changeKeyFile(path, (now) => {
        changeKeyFile(path, (inner) => withNewKey(inner, AT));
        return withNewKey(now, AT);
      });
    expect(meanwhile).toThrow(KeyFileBusy);
    expect(Object.keys(readKeyFile(path).sealing)).toEqual(["1", "2"]);
    expect(readdirSync(folder)).toEqual(["keys.json"]);
  });
});
