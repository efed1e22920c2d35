import { createLog, type ImportOutcome } from "@portcullis/kit";
import { describe, expect, it } from "vitest";
import type { Configuration } from "../index.js";
import type { ConfigurationReading } from "./configuration-file.js";
import { configurationForImport, importOf } from "./import-configuration.js";

const never = new AbortController().signal;
const log = createLog("test", "silent");
const CHANGED: ImportOutcome = { outcome: "imported", changes: { clients: 1 } };

describe("importOf", () => {
  it("imports nothing, ever, without a file", async () => {
    expect(configurationForImport("", log)).toBeUndefined();
    const { run, changed } = importOf(undefined, () => Promise.resolve(CHANGED));
    expect([await run(never), await changed()]).toEqual([{ outcome: "unchanged" }, false]);
  });

  it("hands on what is right, and nothing of what is wrong", async () => {
    const right = { file: "/portcullis.yaml" } as Configuration;
    const error = { file: "portcullis.yaml", path: "clients[0].name", line: 3, column: 5, message: "must be a text" };
    let reading: ConfigurationReading = { version: 1, result: { ok: true, value: right } };
    const imported: Configuration[] = [];
    const source = {
      read: () => Promise.resolve(reading),
      changedSince: (version: number) => Promise.resolve(version !== reading.version),
    };
    const { run, changed } = importOf(source, async (configuration) => {
      imported.push(configuration);
      return CHANGED;
    });
    expect([await run(never), await changed()]).toEqual([CHANGED, false]);
    reading = { version: 2, result: { ok: false, failure: [error] } };
    expect(await changed()).toBe(true);
    expect(await run(never)).toEqual({
      outcome: "refused",
      errors: "portcullis.yaml:3:5 clients[0].name: must be a text",
    });
    expect([await changed(), imported]).toEqual([false, [right]]);
  });
});
