import { describe, expect, it } from "vitest";
import { diskSpaceFinding } from "./disk-space.js";
import { openFilesFinding } from "./open-files.js";
import { troubleOfMode } from "./permissions.js";
import { receiveBufferFinding } from "./receive-buffer.js";

describe("the machine", () => {
  it.each([
    [4_194_304, "ok"],
    [4_194_303, "hint"],
    [212_992, "hint"],
  ])("a receive buffer of %d bytes is %s", (granted, level) => {
    expect(receiveBufferFinding(granted).level).toBe(level);
  });

  it("names the line of sysctl", () => {
    expect(receiveBufferFinding(212_992).todo).toContain("net.core.rmem_max=4194304");
  });

  it.each([
    [Number.POSITIVE_INFINITY, "ok"],
    [4_096, "ok"],
    [1_024, "warning"],
  ])("a limit of %d files is %s", (hard, level) => {
    expect(openFilesFinding(hard).level).toBe(level);
  });

  it.each([
    [2 ** 30, "ok"],
    [2 ** 30 - 1, "warning"],
    [50 * 2 ** 20, "error"],
  ])("%d bytes free are %s", (freeBytes, level) => {
    expect(diskSpaceFinding(freeBytes, "/var/lib/portcullis").level).toBe(level);
  });

  it.each([
    [0o100600, undefined, undefined],
    [0o100400, undefined, undefined],
    [0o100640, "hint", "hint"],
    [0o100644, "warning", "error"],
    [0o100660, "warning", "warning"],
    [0o100602, "error", "error"],
  ])("mode %o of a file, and of a key ring, is %s and %s", (mode, ofFile, ofKeyRing) => {
    expect(troubleOfMode({ path: "/f" }, mode)?.level).toBe(ofFile);
    expect(troubleOfMode({ path: "/f", isKeyRing: true }, mode)?.level).toBe(ofKeyRing);
  });
});
