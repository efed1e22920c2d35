import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createKeyFile, type KeyFile, readKeyFile, withActiveKey, withNewKey, withoutKey } from "@portcullis/kit";
import { beforeEach, describe, expect, it, onTestFinished } from "vitest";
import { KEPT_AFTER_RETIREMENT_MS, keysOf, nextStep } from "./key-state.js";

const AT = Date.parse("2026-03-01T10:00:00Z");

describe("the steps of a rotation", () => {
  let fresh: KeyFile;
  beforeEach(() => {
    const folder = mkdtempSync(join(tmpdir(), "portcullis-steps-"));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    createKeyFile(join(folder, "keys.json"));
    fresh = readKeyFile(join(folder, "keys.json"));
  });

  it("begin with a new key, go on with the one that was begun, and end with the old one's removal", () => {
    expect(nextStep(fresh)).toEqual({ step: "add" });
    const added = withNewKey(fresh, AT);
    expect(nextStep(added)).toEqual({ step: "activate", id: 2 });
    const active = withActiveKey(added, 2, AT);
    expect(nextStep(active)).toEqual({ step: "remove", ids: [1] });
    expect(nextStep(withoutKey(active, 1))).toEqual({ step: "add" });
  });

  it("know what each key is for, and when a retired one may go", () => {
    const active = withActiveKey(withNewKey(fresh, AT), 2, AT);
    expect(keysOf(withNewKey(active, AT))).toEqual([
      { id: 1, state: { state: "retired", removableAtMs: AT + KEPT_AFTER_RETIREMENT_MS } },
      { id: 2, state: { state: "active" } },
      { id: 3, state: { state: "added" } },
    ]);
  });

  it("do not take a key for new that the file says nothing of", () => {
    const byHand = { ...fresh, active: 9, sealing: { ...fresh.sealing, "9": fresh.digest } };
    expect(keysOf(byHand)[0]).toEqual({ id: 1, state: { state: "unknown" } });
    expect(nextStep(byHand)).toEqual({ step: "remove", ids: [1] });
  });
});
