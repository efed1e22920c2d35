import { decodeWaitingExchange, type LoginContext, type PendingStore } from "@portcullis/login";
import { exchangeEntry } from "./due-entries.js";

/**
 * From here on the exchange is a part of another login that waits, and has no audit row of its own. So that one must have
 * none yet: whoever opened it may have died before its exchange left the due index, and its time may have run out.
 * @param opening what that login was opened with
 * @returns false when it has had its end
 */
export async function joinLogin(store: PendingStore, context: LoginContext, opening: Uint8Array): Promise<boolean> {
  const { context: first } = decodeWaitingExchange(opening);
  const told = await store.inspectExchange(first);
  if (told.kind === "decided" && told.outcome !== undefined) return false;
  await store.removeDue([exchangeEntry(context), exchangeEntry(first)]);
  return true;
}
