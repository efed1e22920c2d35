import type { Clock } from "@portcullis/kit";
import type { InboxStore, ReplayGuard } from "../../application/ports.js";
import { MemoryInboxStore } from "./memory-inbox-store.js";
import { MemoryReplayGuard } from "./memory-replay-guard.js";

/** The stores of the embedded mode: they end with the process, as everything that is pending does. */
export function memoryStores(clock: Clock): { readonly inboxStore: InboxStore; readonly replayGuard: ReplayGuard } {
  return { inboxStore: new MemoryInboxStore(clock), replayGuard: new MemoryReplayGuard(clock) };
}
