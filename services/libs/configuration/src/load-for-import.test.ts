import { createLog } from "@portcullis/kit";
import { expect, it } from "vitest";
import { loadForImport } from "./load-for-import.js";

it("reads no file when none is named, and goes on without one that is wrong", async () => {
  const lines: string[] = [];
  const log = createLog("test", "info", { write: (line) => void lines.push(line) });
  expect(await loadForImport("", log)).toBeUndefined();
  expect(lines).toEqual([]);
  expect(await loadForImport("/nowhere/portcullis.yaml", log)).toBeUndefined();
  expect(lines.join("")).toContain("configuration.refused");
});
