import { MemoryInboxStore } from "./adapters/memory/memory-inbox-store.js";
import { MemoryReplayGuard } from "./adapters/memory/memory-replay-guard.js";
import { describeInboxStore } from "./inbox-store.contract.js";
import { describeReplayGuard } from "./replay-guard.contract.js";

function fakeClock() {
  let nowMs = 1_790_000_000_000;
  return {
    nowMs: () => nowMs,
    pass: (durationMs: number) => {
      nowMs += durationMs;
      return Promise.resolve();
    },
  };
}

describeInboxStore("memory", async () => {
  const clock = fakeClock();
  const store = new MemoryInboxStore(clock);
  return { store, other: store, ...clock, close: () => store.close() };
});

describeReplayGuard("memory", async () => {
  const clock = fakeClock();
  const guard = new MemoryReplayGuard(clock);
  return { guard, other: guard, ...clock, close: () => Promise.resolve() };
});
