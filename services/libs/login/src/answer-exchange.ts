import type { ReplySealer } from "./contracts/reply.js";
import type { DecidedExchange, ExchangeRef, ExchangeStore } from "./exchange-store.js";
import type { Reply } from "./login-context.js";

export interface AnswerExchangeParts {
  readonly store: Pick<ExchangeStore, "decideExchange" | "wake">;
  readonly replies: ReplySealer;
}

/**
 * Ends an exchange that is no login's, accounting for example: records its reply, and wakes the gateways that wait. Repeated,
 * the first reply stands.
 * @param keepMs how long it is kept for retransmissions
 */
export async function answerExchange(
  { store, replies }: AnswerExchangeParts,
  { userKey, exchangeId }: ExchangeRef,
  reply: Reply,
  keepMs: number,
): Promise<DecidedExchange> {
  const sealed = replies.seal({ exchangeId }, reply);
  const decided = await store.decideExchange({ userKey, exchangeId, reply: sealed, keepMs });
  if (decided.kind === "decided") await store.wake(decided.gateways, { exchangeId, reply: decided.reply });
  return decided;
}
