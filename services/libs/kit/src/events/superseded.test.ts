import { expect, it } from "vitest";
import { UnknownKey } from "../sealing/sealer.js";
import { Unavailable } from "../unavailable.js";
import { Superseded } from "./superseded.js";

function failing(error: Error): () => Promise<void> {
  return async () => {
    throw error;
  };
}
const unknown = new UnknownKey("no key 1");

it("goes on waiting for the key of the newest record", async () => {
  const records = new Superseded<string>();
  records.came("topic/key", "first");
  await expect(records.unlessPast("topic/key", "first", failing(unknown))).rejects.toBe(unknown);
  records.came("topic/other key", "second");
  await expect(records.unlessPast("topic/key", "first", failing(unknown))).rejects.toBe(unknown);
});

it("lets go of one that waits for a key once there is a later one of its own", async () => {
  const records = new Superseded<string>();
  records.came("topic/key", "first");
  records.came("topic/key", "second");
  await records.unlessPast("topic/key", "first", failing(unknown));
  await records.unlessPast("topic/key", "first", failing(new Error("wrapped", { cause: unknown })));
  records.handled("topic/key", "first");
  await expect(records.unlessPast("topic/key", "second", failing(unknown))).rejects.toBe(unknown);
});

it("lets go of nothing that waits for a store, or fails", async () => {
  const records = new Superseded<string>();
  records.came("topic/key", "first");
  records.came("topic/key", "second");
  for (const error of [new Unavailable("away"), new Error("broken")]) {
    await expect(records.unlessPast("topic/key", "first", failing(error))).rejects.toBe(error);
  }
});
