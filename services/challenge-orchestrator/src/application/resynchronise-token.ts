import { createSecretKey } from "node:crypto";
import type { Clock, KeyedDigest, Log, Sealer } from "@portcullis/kit";
import type { AnswerId } from "@portcullis/login";
import { resyncWindow, shownDrift } from "../domain/code-window.js";
import { consecutiveStep } from "../domain/resynchronise.js";
import { tokenSecretPlace } from "../domain/token.js";
import { typedCode } from "../domain/totp.js";
import type { OwnedToken, Tokens } from "./factor-ports.js";
import type { Factors } from "./ports.js";

/** `old`: right, but the token was used with a later code before. */
export type Resynchronised =
  | { readonly kind: "done"; readonly driftSteps: number; readonly step: number }
  | { readonly kind: "unknown-token" | "no-match" | "old" };

export interface ResynchroniseTokenParts {
  readonly tokens: Tokens;
  readonly factors: Pick<Factors, "useStep">;
  readonly sealer: Sealer;
  readonly digest: KeyedDigest;
  readonly clock: Clock;
  readonly log: Log;
}

/**
 * Takes over where a token stands, by two of its codes behind each other: its clock, or how often its button was pressed. Both codes are
 * used by that. Given again, the same two do nothing more.
 */
export class ResynchroniseToken {
  readonly #parts: ResynchroniseTokenParts;

  constructor(parts: ResynchroniseTokenParts) {
    this.#parts = parts;
  }

  async execute(serial: string, typed: readonly [string, string]): Promise<Resynchronised> {
    const { tokens, digest, factors, clock, log } = this.#parts;
    const token = await tokens.find(serial);
    if (token === undefined) return { kind: "unknown-token" };
    const codes = [typedCode(typed[0]), typedCode(typed[1])] as const;
    const answerId = digest.hex("token-resync", serial, ...codes) as AnswerId;
    if (token.lastAnswerId === answerId) return done(token.driftSteps, token.lastStep);
    const nowMs = clock.nowMs();
    const step = this.#stepOf(token, codes, nowMs);
    if (step === undefined) return { kind: "no-match" };
    const driftSteps = shownDrift(token, step, nowMs);
    // Both codes count as used: the first one as well must be none that was taken before.
    const isNew = step - 1 > token.lastStep;
    if (!isNew || !(await factors.useStep({ serial, step, answerId, driftSteps }))) return { kind: "old" };
    log.info("token.resynchronised", { serial, userId: token.userId, driftSteps });
    return done(driftSteps, step);
  }

  #stepOf(token: OwnedToken, codes: readonly [string, string], nowMs: number): number | undefined {
    const { sealer, log } = this.#parts;
    const { serial, userId, algorithm, digits } = token;
    const secret = sealer.open(token.sealedSecret, tokenSecretPlace(serial, userId));
    if (secret === undefined) {
      // Fail closed: a secret that was not sealed for this token proves nothing.
      log.error("token.secret_unreadable", { serial });
      return undefined;
    }
    return consecutiveStep({ secret: createSecretKey(secret), algorithm, digits }, codes, resyncWindow(token, nowMs));
  }
}

const done = (driftSteps: number, step: number): Resynchronised => ({ kind: "done", driftSteps, step });
