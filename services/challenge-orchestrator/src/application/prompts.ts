import type { ExchangeId, LoginId, Reply, ReplySealer, StateSealer, UserId, UserKey } from "@portcullis/login";
import type { Challenge } from "../domain/challenge.js";
import { type PromptOptions, promptText, remainingSeconds } from "../domain/prompt.js";
import { challengeReply } from "../domain/replies.js";

/** A prompt that a user shall see. */
export interface PromptRequest extends PromptOptions {
  readonly challenge: Challenge;
  readonly loginId: LoginId;
  readonly userId: UserId;
  readonly client: string;
  readonly userKey: UserKey;
  /** 1 for the first prompt of the challenge. */
  readonly round: number;
  readonly remainingSeconds: number;
}

/** Replies as they are kept with a login, for whichever exchange asks. */
export class Prompts {
  readonly #states: StateSealer;
  readonly #replies: ReplySealer;

  constructor(states: StateSealer, replies: ReplySealer) {
    this.#states = states;
    this.#replies = replies;
  }

  /** Makes the reply that shows a prompt, sealed for its login. */
  seal(request: PromptRequest): Uint8Array {
    const { loginId, userId, client, userKey, round, challenge } = request;
    const state = this.#states.seal({ kind: "prompt", loginId, userId, round }, { client, userKey });
    if (state === undefined) throw new RangeError("The State of a prompt always fits.");
    return this.sealReply(loginId, challengeReply(state, promptText(challenge, request), request.remainingSeconds));
  }

  sealReply(loginId: LoginId, reply: Reply): Uint8Array {
    return this.#replies.seal({ loginId }, reply);
  }

  sealForExchange(exchangeId: ExchangeId, reply: Reply): Uint8Array {
    return this.#replies.seal({ exchangeId }, reply);
  }

  /** Opens what is kept with a login. Fail closed: what was not sealed for this login was put there by somebody else. */
  open(loginId: LoginId, sealed: Uint8Array): Reply {
    const reply = this.#replies.open({ loginId }, sealed);
    if (reply === undefined) throw new Error("The reply that is kept with a login was not sealed for it.");
    return reply;
  }

  /** Opens a prompt that another exchange gets: it may be answered for as long as is left. */
  openPrompt(loginId: LoginId, sealed: Uint8Array, time: { expiresAtMs: number; nowMs: number }): Reply {
    const prompt = this.open(loginId, sealed);
    return { ...prompt, sessionTimeoutSeconds: remainingSeconds(time.expiresAtMs, time.nowMs) };
  }
}
