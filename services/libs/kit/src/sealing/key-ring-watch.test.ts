import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { Log } from "../telemetry/log.js";
import { changeKeyFile, createKeyFile, withActiveKey, withNewKey, withoutKey } from "./key-file.js";
import { fingerprintOf, type KeyRing } from "./key-ring.js";
import { KeyRingWatch } from "./key-ring-watch.js";

const AT = Date.parse("2026-03-01T10:00:00Z");

describe("KeyRingWatch", () => {
  let folder: string;
  let path: string;
  let watch: KeyRingWatch;
  const errors: string[] = [];
  const ignore = (): void => undefined;
  const log: Log = { debug: ignore, info: ignore, warn: ignore, error: (event) => void errors.push(event) };
  const taken: KeyRing[] = [];
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "portcullis-watch-"));
    path = join(folder, "keys.json");
    createKeyFile(path);
    watch = new KeyRingWatch(path, log);
    watch.onChange((ring) => void taken.push(ring));
    errors.length = 0;
    taken.length = 0;
  });
  afterEach(() => {
    watch.stop();
    rmSync(folder, { recursive: true });
  });

  it("takes over what was added, activated and removed, and tells of it once", async () => {
    changeKeyFile(path, (now) => withNewKey(now, AT));
    await watch.look();
    await watch.look();
    changeKeyFile(path, (now) => withActiveKey(now, 2, AT));
    await watch.look();
    changeKeyFile(path, (now) => withoutKey(now, 1));
    await watch.look();
    expect(taken.map(({ active, sealing }) => [active, [...sealing.keys()]])).toEqual([
      [1, [1, 2]],
      [2, [1, 2]],
      [2, [2]],
    ]);
    expect(watch.ring).toBe(taken.at(-1));
    expect(errors).toEqual([]);
  });

  it("looks by itself", async () => {
    vi.useFakeTimers({ toFake: ["setInterval", "clearInterval"] });
    try {
      watch.start();
      changeKeyFile(path, (now) => withNewKey(now, AT));
      await vi.advanceTimersByTimeAsync(3_000);
      await vi.waitFor(() => expect(taken).toHaveLength(1));
    } finally {
      vi.useRealTimers();
    }
  });

  it("keeps its ring before a file that is wrong, gone, or of another installation, and says so once", async () => {
    const before = watch.ring;
    const good = readFileSync(path, "utf8");
    const other = join(folder, "other.json");
    createKeyFile(other);
    const swapped = JSON.parse(good);
    swapped.sealing["1"] = swapped.digest;
    for (const wrong of ["{", readFileSync(other, "utf8"), JSON.stringify(swapped)]) {
      errors.length = 0;
      writeFileSync(path, wrong);
      await watch.look();
      await watch.look();
      expect([watch.ring, errors]).toEqual([before, ["keys.refused"]]);
      expect(watch.trouble).toContain(path);
    }
    expect(watch.trouble).toContain("another key 1");
    rmSync(path);
    await watch.look();
    expect(watch.trouble).toContain("ENOENT");
    writeFileSync(path, good);
    await watch.look();
    expect([watch.trouble, taken]).toEqual([undefined, []]);
  });

  it("does not go over when somebody who must have the ring first cannot take it, and tries again", async () => {
    let away = true;
    watch.onChange(() => {
      if (away) throw new Error("away");
    });
    changeKeyFile(path, (now) => withNewKey(now, AT));
    await watch.look();
    expect([watch.ring.sealing.size, watch.trouble]).toEqual([1, "away"]);
    away = false;
    await watch.look();
    expect([watch.ring.sealing.size, watch.trouble]).toEqual([2, undefined]);
  });

  it("tells keys apart by fingerprints that are not the keys", () => {
    changeKeyFile(path, (now) => withNewKey(now, AT));
    const [one, other] = [...new KeyRingWatch(path, log).ring.sealing.values()];
    if (one === undefined || other === undefined) throw new Error("two keys");
    expect(fingerprintOf(one)).toMatch(/^[0-9a-f]{16}$/);
    expect(fingerprintOf(one)).toBe(fingerprintOf(one));
    expect(fingerprintOf(one)).not.toBe(fingerprintOf(other));
    expect(one.export().toString("hex")).not.toContain(fingerprintOf(one));
  });
});
